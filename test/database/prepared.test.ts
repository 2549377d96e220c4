import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "./create-test-database.ts";
import { openOnDriver } from "./open-on-driver.ts";

const drivers: readonly DatabaseDriver[] = ["pglite", "node-postgres", "neon-http", "neon-websocket"];

const double = (database: Database, value: number) =>
  database.rows(sql`select 2 * ${value}::int as doubled`, { isPrepared: true });

describe.each(drivers)("through %s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });

  afterAll(() => close());

  test("a prepared statement answers each call's own parameters", async () => {
    for (let value = 0; value < 10; value += 1)
      expect(await double(database, value)).toEqual([{ doubled: 2 * value }]);
  });

  test("one query object with placeholders answers each call's own values", async () => {
    const sum = sql`select ${sql.placeholder("left")}::int + ${sql.placeholder("right")}::int as sum`;
    for (let left = 0; left < 10; left += 1) {
      const values = { right: 100, left };
      expect(await database.rows(sum, { isPrepared: true, values })).toEqual([{ sum: 100 + left }]);
    }
  });
});

describe("on one connection", () => {
  const prepared = sql`select statement, (generic_plans + custom_plans)::int as runs from pg_prepared_statements`;

  test("a prepared statement is parsed once, one that is not prepared leaves no trace", async () => {
    const database = openNodePostgres({ url: await createTestDatabase(), maxConnections: 1 });
    for (let value = 0; value < 8; value += 1) await double(database, value);
    await database.rows(sql`select 3`);
    expect(await database.rows(prepared)).toEqual([{ statement: "select 2 * $1::int as doubled", runs: 8 }]);
    await database.close();
  });

  test("a connection that forgot its statements, as behind a pooler, answers all the same", async () => {
    const database = openNodePostgres({ url: await createTestDatabase(), maxConnections: 1 });
    expect(await double(database, 1)).toEqual([{ doubled: 2 }]);
    await database.rows(sql`deallocate all`);
    expect(await double(database, 2)).toEqual([{ doubled: 4 }]);
    expect(await database.rows(prepared)).toEqual([]);
    await database.close();
  });
});
