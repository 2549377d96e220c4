import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { appliedSchemaVersion, requiredSchemaVersion } from "../../shared/src/database/schema-version.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "./create-test-database.ts";

test("each test database has the schema of this version and none of another's rows", async () => {
  const first = openNodePostgres({ url: await createTestDatabase() });
  await first.rows(sql`insert into known_queues (name, source) values ('Facilities', 'test')`);
  const second = openNodePostgres({ url: await createTestDatabase() });
  expect(await appliedSchemaVersion(second)).toBe(requiredSchemaVersion);
  expect(await second.rows(sql`select name from known_queues`)).toEqual([]);
  await first.close();
  await second.close();
});
