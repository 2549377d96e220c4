import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import journal from "../../shared/migrations/meta/_journal.json" with { type: "json" };
import { appliedSchemaVersion, requiredSchemaVersion } from "../../shared/src/database/schema-version.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { openThrough } from "./open-through.ts";
import { startNeonRelay } from "./start-neon-relay.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

const script = fileURLToPath(new URL("../../scripts/migrate.ts", import.meta.url));
const allSteps = journal.entries.map((entry) => entry.tag);

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

test("three processes that migrate an empty database at once do each step once", async () => {
  const url = await emptyDatabase("at_once");
  const results = await Promise.all([1, 2, 3].map(() => runMigrate({ DATABASE_URL: url })));
  expect(results.map(({ exitCode, stderr }) => [exitCode, stderr]).sort()).toEqual([
    [0, `${allSteps.length} migrations ran.\n`],
    [0, "The schema is up to date.\n"],
    [0, "The schema is up to date.\n"],
  ]);
  expect(results.map(({ stdout }) => stdout).join("")).toBe(`${allSteps.join("\n")}\n`);
});

test("a step that fails leaves nothing of the steps before it", async () => {
  const database = openNodePostgres({ url: await emptyDatabase("half") });
  await database.rows(sql`create table tickets (in_the_way int)`);
  await expect(migrate(database)).rejects.toThrow(/already exists/);
  expect(await appliedSchemaVersion(database)).toBe(0);
  const tables = await database.rows(sql`select tablename from pg_tables where schemaname = 'public'`);
  expect(tables).toEqual([{ tablename: "tickets" }]);
  await database.close();
});

test("a step that was changed after a database had it is refused by name", async () => {
  const database = openNodePostgres({ url: await emptyDatabase("changed") });
  await migrate(database);
  await database.rows(
    sql`update schema_migrations set hash = 'other' where made_at = ${requiredSchemaVersion}`,
  );
  await expect(migrate(database)).rejects.toThrow(`${allSteps.at(-1)}.sql was changed`);
  await database.close();
});

test("a vector index of an earlier version is built anew, as dense as searches count on", async () => {
  const database = openNodePostgres({ url: await emptyDatabase("denser") });
  await migrate(database);
  const step = journal.entries.find(({ tag }) => tag === "0007_denser_vector_index")!;
  await database.rows(sql`delete from schema_migrations where made_at = ${step.when}`);
  await database.rows(sql`create index rag_docs_embedding_article on rag_docs using hnsw (embedding vector_cosine_ops)
    with (m = 16, ef_construction = 100) where kind = 'article'`);
  expect(await migrate(database)).toEqual([step.tag]);
  const built = sql`select relname, reloptions from pg_class where relname like 'rag_docs_embedding_%'`;
  expect(await database.rows(built)).toEqual([
    { relname: "rag_docs_embedding_article", reloptions: ["m=16", "ef_construction=200"] },
  ]);
  await database.close();
});

test("Neon migrates over its WebSocket, and says so where asked to over HTTP", async () => {
  const url = await emptyDatabase("neon");
  const relay = await startNeonRelay();
  const http = openThrough("neon-http", url, relay);
  await expect(migrate(http)).rejects.toThrow("neon-websocket");
  const socket = openThrough("neon-websocket", url, relay);
  expect(await migrate(socket)).toEqual(allSteps);
  expect(await appliedSchemaVersion(http)).toBe(requiredSchemaVersion);
  await socket.close();
  await relay.stop();
});

test("without DATABASE_URL the embedded database is migrated", async () => {
  const folder = await mkdtemp(join(tmpdir(), "migrate-"));
  const { exitCode, stdout } = await runMigrate({ DATA_DIR: folder });
  expect([exitCode, stdout.trim().split("\n")]).toEqual([0, allSteps]);
  await rm(folder, { recursive: true });
});

test("a server that does not answer is exit code 3 and a next step, without the password", async () => {
  const { exitCode, stderr } = await runMigrate({ DATABASE_URL: "postgres://me:hunter2@127.0.0.1:1/none" });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/the database is away: connect ECONNREFUSED .*DATABASE_URL/);
  expect(stderr).not.toContain("hunter2");
});

async function emptyDatabase(name: string): Promise<string> {
  const database = openNodePostgres({ url: server.url });
  await database.rows(sql.raw(`create database ${name}`));
  await database.close();
  return server.urlOf(name);
}

async function runMigrate(env: Record<string, string>) {
  const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH, ...env } });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, exitCode };
}
