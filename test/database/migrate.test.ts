import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { afterAll, beforeAll, expect, test } from "vitest";
import journal from "../../shared/migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "../../shared/src/database/database.ts";
import { appliedSchemaVersion, requiredSchemaVersion } from "../../shared/src/database/schema-version.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { openThrough } from "./open-through.ts";
import { startNeonRelay } from "./start-neon-relay.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

const script = fileURLToPath(new URL("../../scripts/migrate.ts", import.meta.url));
const migrationsFolder = fileURLToPath(new URL("../../shared/migrations", import.meta.url));
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
  await migrateUpTo(database, "0006_faster_terms");
  await database.rows(sql`create index rag_docs_embedding_article on rag_docs using hnsw (embedding vector_cosine_ops)
    with (m = 16, ef_construction = 100) where kind = 'article'`);
  expect(await migrate(database)).toContain("0007_denser_vector_index");
  const built = sql`select relname, reloptions from pg_class where relname like 'rag_docs_embedding_%'`;
  expect(await database.rows(built)).toEqual([
    { relname: "rag_docs_embedding_article", reloptions: ["m=12", "ef_construction=200"] },
  ]);
  await database.close();
});

test("chunks of the version before keep their lexemes and weights, and get numbers, postings and their vector index back", async () => {
  const database = openNodePostgres({ url: await emptyDatabase("postings") });
  await migrateUpTo(database, "0009_closed-loop");
  for (const [id, words] of Object.entries({ a: "vpn tunnel", b: "vpn gateway gateway", c: "" })) {
    await database.rows(sql`select put_document(
      jsonb_build_object('id', gen_random_uuid(), 'external_id', ${id}::text, 'title', 't', 'language', 'en', 'media_type', 'text/plain', 'content', '', 'content_hash', '', 'metadata', '{}'::jsonb),
      jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'kind', 'article', 'ordinal', 0, 'title', 't', 'content', 'c', 'language', 'en', 'embedder', 'e',
        'embedding', (select jsonb_agg(sin(d))::text from generate_series(1, 384) d), 'terms', jsonb_build_array(jsonb_build_object('weight', 1, 'words', ${words}::text)))),
      1.2, 0.75, 50)`);
  }
  await database.rows(sql`select build_vector_index('article')`);
  const terms = sql`select chunk_id, kind, lexemes::text, weights::text from chunk_terms order by chunk_id`;
  const before = await database.rows(terms);
  expect(await migrate(database)).toContain("0010_lexeme_postings");
  expect(await database.rows(terms)).toEqual(before);
  expect(
    await database.rows(sql`select lexeme, kind, length(postings) as bytes, article_count as count
      from lexeme_postings join lexemes on id = lexeme_id order by lexeme`),
  ).toEqual(
    ["=gateway", "=tunnel", "=vpn", "gateway", "tunnel", "vpn"].map((lexeme) => {
      const count = lexeme.endsWith("vpn") ? 2 : 1;
      return { lexeme, kind: "article", bytes: 4 * count, count };
    }),
  );
  expect(
    await database.rows(sql`select (select reloptions from pg_class where relname = 'rag_docs_embedding_article') as options,
      count(distinct number)::int as numbers from rag_docs`),
  ).toEqual([{ options: ["m=12", "ef_construction=200"], numbers: 3 }]);
  await database.rows(sql`delete from documents`);
  expect(await database.rows(sql`select * from lexeme_postings`)).toEqual([]);
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

/** What an earlier version made: the steps up to this one. */
async function migrateUpTo(database: Database, last: string): Promise<void> {
  await database.rows(
    sql`create table schema_migrations (hash text primary key, made_at bigint not null, applied_at timestamptz not null default now())`,
  );
  const steps = readMigrationFiles({ migrationsFolder }).slice(0, allSteps.indexOf(last) + 1);
  for (const { sql: statements, hash, folderMillis } of steps) {
    for (const statement of statements) await database.rows(sql.raw(statement));
    await database.rows(sql`insert into schema_migrations (hash, made_at) values (${hash}, ${folderMillis})`);
  }
}

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
