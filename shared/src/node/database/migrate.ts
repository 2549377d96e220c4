import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Database, Drizzle } from "../../database/database.ts";
import { rowsOf } from "../../database/rows-of.ts";

const migrationsFolder = fileURLToPath(new URL("../../../migrations", import.meta.url));

/** Any constant does, as long as every process uses the same one: it names the lock "migrations of this schema". */
const advisoryLockKey = 7_237_419_201;

/** Long enough for an index over a large table, and for waiting until another process has migrated. */
const deadlineMs = 600_000;

/**
 * Brings the schema to what this version needs, in one transaction under an advisory lock: of several processes that start
 * at once, one migrates and the others find it done. Needs a driver with transactions. Returns how many steps ran.
 */
export async function migrate(database: Database): Promise<number> {
  if (database.driver === "neon-http") {
    throw new Error(
      "migrations need a transaction, and neon-http has none: run them with DATABASE_DRIVER=neon-websocket",
    );
  }
  const migrations = readMigrationFiles({ migrationsFolder });
  return database.run((drizzle) => drizzle.transaction((tx) => applyPending(tx, migrations)), { deadlineMs });
}

async function applyPending(tx: Drizzle, migrations: ReturnType<typeof readMigrationFiles>): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLockKey})`);
  await tx.execute(sql`create table if not exists schema_migrations (
    hash text primary key, made_at bigint not null, applied_at timestamptz not null default now())`);
  const done = await tx.execute(sql`select hash from schema_migrations`);
  const appliedHashes = new Set(rowsOf(done).map((row) => row.hash));
  const pending = migrations.filter((migration) => !appliedHashes.has(migration.hash));
  for (const migration of pending) {
    for (const statement of migration.sql) await tx.execute(sql.raw(statement));
    await tx.execute(
      sql`insert into schema_migrations (hash, made_at) values (${migration.hash}, ${migration.folderMillis})`,
    );
  }
  return pending.length;
}
