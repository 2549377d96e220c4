import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import journal from "../../../migrations/meta/_journal.json" with { type: "json" };
import type { Database, Drizzle } from "../../database/database.ts";
import { rowsOf } from "../../database/rows-of.ts";

const migrationsFolder = fileURLToPath(new URL("../../../migrations", import.meta.url));

/** Any constant does, as long as every process uses the same one: it names the lock "migrations of this schema". */
const advisoryLockKey = 7_237_419_201;

/** Long enough for an index over a large table, and for waiting until another process has migrated. */
const deadlineMs = 600_000;

/** One step: a file of SQL under shared/migrations. */
type Migration = {
  readonly name: string;
  readonly madeAtMs: number;
  readonly hash: string;
  readonly statements: readonly string[];
};

/**
 * Brings the schema to what this version needs, in one transaction under an advisory lock: of several processes that start
 * at once, one migrates and the others find it done. Returns the names of the steps that ran; a database that is newer is
 * left as it is. Needs a driver with transactions. Throws where a step was changed after this database had it.
 */
export async function migrate(database: Database): Promise<string[]> {
  if (database.driver === "neon-http") {
    throw new Error(
      "migrations need a transaction, and neon-http has none: run them with DATABASE_DRIVER=neon-websocket",
    );
  }
  const migrations = readMigrations();
  return database.run((drizzle) => drizzle.transaction((tx) => applyPending(tx, migrations)), { deadlineMs });
}

function readMigrations(): Migration[] {
  const names = new Map(journal.entries.map((entry) => [entry.when, entry.tag]));
  return readMigrationFiles({ migrationsFolder }).map(({ folderMillis, hash, sql: statements }) => ({
    name: names.get(folderMillis) ?? String(folderMillis),
    madeAtMs: folderMillis,
    hash,
    statements,
  }));
}

async function applyPending(tx: Drizzle, migrations: readonly Migration[]): Promise<string[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLockKey})`);
  await tx.execute(sql`create table if not exists schema_migrations (
    hash text primary key, made_at bigint not null, applied_at timestamptz not null default now())`);
  const done = rowsOf(await tx.execute(sql`select made_at::text as made_at, hash from schema_migrations`));
  const appliedHashes = new Map(done.map((row) => [Number(row.made_at), row.hash]));
  const pending = migrations.filter((migration) =>
    isPending(migration, appliedHashes.get(migration.madeAtMs)),
  );
  for (const { hash, madeAtMs, statements } of pending) {
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(sql`insert into schema_migrations (hash, made_at) values (${hash}, ${madeAtMs})`);
  }
  return pending.map(({ name }) => name);
}

function isPending({ name, hash }: Migration, appliedHash: unknown): boolean {
  if (appliedHash === undefined || appliedHash === hash) return appliedHash === undefined;
  throw new Error(
    `shared/migrations/${name}.sql was changed after this database had it. Restore the file and put the change into a new ` +
      "migration (npm run generate-migration), or start with an empty database.",
  );
}
