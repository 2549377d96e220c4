import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { appliedSchemaVersion, requiredSchemaVersion } from "../../database/schema-version.ts";
import { DataDirectoryLockedError } from "./lock-data-directory.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./open-pglite.ts";

test("an empty embedded database is brought to the schema that this version needs, once", async () => {
  const database = await openPglite();
  expect(await appliedSchemaVersion(database)).toBe(0);
  expect(await migrate(database)).toContain("0001_tables");
  expect(await appliedSchemaVersion(database)).toBe(requiredSchemaVersion);
  expect(await migrate(database)).toEqual([]);
  await database.close();
});

test("a data directory that is open is refused by name, and free again once closed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "pglite-"));
  const first = await openPglite(directory);
  await first.announce("http://127.0.0.1:8000");
  const refusal = await openPglite(directory).catch((error) => error);
  expect(refusal).toBeInstanceOf(DataDirectoryLockedError);
  expect(refusal.holder).toEqual({ pid: process.pid, url: "http://127.0.0.1:8000" });
  await first.close();
  const second = await openPglite(directory);
  expect(await second.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  await second.close();
  await rm(directory, { recursive: true });
});

test("data of another PostgreSQL version are refused with the way out, and the lock is given back", async () => {
  const directory = await mkdtemp(join(tmpdir(), "pglite-"));
  await (await openPglite(directory)).close();
  await writeFile(join(directory, "pgdata", "PG_VERSION"), "17\n");
  await expect(openPglite(directory)).rejects.toThrow(/made by PostgreSQL 17.*move the folder away/);
  await writeFile(join(directory, "pgdata", "PG_VERSION"), "18\n");
  await (await openPglite(directory)).close();
  await rm(directory, { recursive: true });
});
