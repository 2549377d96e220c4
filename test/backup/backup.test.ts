import { execFile } from "node:child_process";
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putDocument } from "../../api/src/knowledge/put-document.ts";
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import { libpqEnvironment } from "../../scripts/database-backup/libpq-environment.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { hashFile } from "../../shared/src/node/weights/hash-file.ts";
import { ensurePostgres } from "../database/ensure-postgres.ts";
import { examplePrediction } from "../database/example-prediction.ts";
import { type PostgresServer, startPostgres } from "../database/start-postgres.ts";
import { runCommand } from "../http/run-command.ts";

const run = promisify(execFile);
const createRole = fileURLToPath(
  new URL("../../infra/k3s/components/postgres/create-role.sh", import.meta.url),
);
const appPassword = 'not\'a "simple" one';

let server: PostgresServer;
let folder: string;
let programs: string;
/** The database as the component's first start makes it, with what a few questions leave behind. */
let source: string;
let saved: string;

beforeAll(async () => {
  server = await startPostgres();
  const installation = await ensurePostgres();
  programs = join(installation.folder, installation.programs);
  folder = await mkdtemp(join(tmpdir(), "backup-"));
  const admin = libpqEnvironment(server.url);
  const env = {
    ...admin,
    PATH: `${programs}:${process.env.PATH}`,
    POSTGRES_USER: "support",
    APP_PASSWORD: appPassword,
  };
  await run("bash", [createRole], { env });
  source = urlFor("support_it_agent");
  await fill(source);
  saved = join(folder, "saved.dump");
  const { code, stdout, stderr } = await backup(source, saved);
  expect([code, stdout, stderr]).toEqual([0, saved, expect.stringContaining("Saved: ")]);
}, 300_000);

afterAll(async () => {
  await server?.end();
  await rm(folder, { recursive: true, force: true });
});

test("the role of the component's first start owns its database and is no superuser; the migrations need no more", async () => {
  const rows = await inDatabase(source, (database) =>
    database.rows(sql`select rolsuper, rolcreaterole, rolcreatedb, pg_get_userbyid(datdba) as owner
      from pg_roles, pg_database where rolname = current_user and datname = current_database()`),
  );
  expect(rows).toEqual([
    { rolsuper: false, rolcreaterole: false, rolcreatedb: false, owner: "support_it_agent" },
  ]);
});

test("a backup is a file for its owner alone, with a checksum that sha256sum reads, and nothing beside", async () => {
  expect((await stat(saved)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["saved.dump", "saved.dump.sha256"]);
  await run("sha256sum", ["--check", "--strict", "saved.dump.sha256"], { cwd: folder });
});

test("restored into an empty database, every row of every table, every index and the search by vectors are the same", async () => {
  const target = await newDatabase("restored");
  const { code, stderr } = await restore(target, saved);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Restored: \d+ tables/)]);
  expect(await contentOf(target)).toEqual(await contentOf(source));
  expect(await nearest(target)).toEqual(await nearest(source));
  expect(await inDatabase(target, migrate)).toEqual([]);
});

test("a database that holds tables is refused, and is as it was", async () => {
  const target = await newDatabase("occupied");
  await inDatabase(target, (database) => database.rows(sql`create table mine as select 1 as n`));
  const { code, stderr } = await restore(target, saved);
  expect([code, stderr]).toEqual([2, expect.stringContaining("holds 1 tables: nothing was changed")]);
  expect(await tablesOf(target)).toEqual(["public.mine"]);
});

test("with --force what was there goes, and the backup is all that there is", async () => {
  const target = await newDatabase("forced");
  await inDatabase(target, (database) => database.rows(sql`create table mine as select 1 as n`));
  await fill(target, "another question");
  const { code, stderr } = await restore(target, saved, ["--force"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("Restored")]);
  expect(await contentOf(target)).toEqual(await contentOf(source));
  // What was restored can be saved and restored again.
  const again = join(folder, "again.dump");
  expect((await backup(target, again)).code).toBe(0);
  const last = await newDatabase("last");
  expect((await restore(last, again)).code).toBe(0);
  expect(await contentOf(last)).toEqual(await contentOf(source));
});

describe("a file that is not what was saved", () => {
  test.each([
    [
      "of which a byte differs",
      async (file: string) => writeFile(file, await flipped(file)),
      /is not what was saved/,
    ],
    ["that was cut off", (file: string) => truncate(file, 2_000), /is not what was saved/],
    ["without its checksum", (file: string) => rm(`${file}.sha256`), /\.sha256 is missing/],
    ["that is not there", (file: string) => rm(file), /cannot be read/],
  ])("%s is refused before anything is touched", async (name, spoil, message) => {
    const file = await copyOf(`${name.replaceAll(" ", "-")}.dump`);
    await spoil(file);
    const target = await newDatabase(`refused_${name.length}`);
    const { code, stderr } = await restore(target, file, ["--force"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await tablesOf(target)).toEqual([]);
  });

  test("and breaks off in the middle under a right checksum leaves the database as it was, --force or not", async () => {
    const file = await copyOf("half.dump");
    await truncate(file, Math.floor((await stat(file)).size * 0.9));
    await writeFile(`${file}.sha256`, `${await hashFile(file)}  half.dump\n`);
    const target = await newDatabase("half");
    await inDatabase(target, (database) => database.rows(sql`create table mine as select 1 as n`));
    const { code, stderr } = await restore(target, file, ["--force"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("pg_restore ended with 1")]);
    expect(await tablesOf(target)).toEqual(["public.mine"]);
  });
});

test("a backup of a server that goes away in between leaves no file", async () => {
  const file = join(folder, "broken.dump");
  const { code, stderr } = await backup(`${source.replace(/:\d+\//, ":9/")}`, file);
  expect([code, stderr]).toEqual([1, expect.stringContaining("pg_dump ended with 1")]);
  expect((await readdir(folder)).filter((name) => name.startsWith("broken"))).toEqual([]);
});

test("a backup overwrites nothing", async () => {
  const { code, stderr } = await backup(source, saved);
  expect([code, stderr]).toEqual([2, expect.stringContaining("is there already")]);
});

test("no program of either command has the password on its command line", async () => {
  const watched = await mkdtemp(join(folder, "watched-"));
  for (const program of ["pg_dump", "pg_restore", "psql"]) {
    const script = `#!/bin/sh\necho "$0 $*" >> "${watched}/argv"\nexec "${programs}/${program}" "$@"\n`;
    await writeFile(join(watched, program), script);
    await chmod(join(watched, program), 0o755);
  }
  const file = join(watched, "file.dump");
  expect((await backup(source, file, [], { PG_BIN: watched })).code).toBe(0);
  expect((await restore(await newDatabase("watched"), file, [], { PG_BIN: watched })).code).toBe(0);
  const lines = (await readFile(join(watched, "argv"), "utf8")).trim().split("\n");
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.filter((line) => line.includes("simple") || line.includes("postgres://"))).toEqual([]);
});

test("with --kubernetes the pod's own programs do both, through kubectl exec", async () => {
  // Stands for kubectl: what follows "--" runs here as it would in the pod.
  const kubectl = join(folder, "kubectl");
  await writeFile(
    kubectl,
    `#!/bin/bash\necho "$*" >> "${folder}/asked"\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n`,
  );
  await chmod(kubectl, 0o755);
  const file = join(folder, "pod.dump");
  const pod = { ...libpqEnvironment(source), KUBECTL: kubectl, PATH: `${programs}:${process.env.PATH}` };
  const made = await runCommand("scripts/backup.ts", [file, "--kubernetes"], pod);
  expect([made.code, made.stdout]).toEqual([0, file]);
  const refused = await runCommand("scripts/restore.ts", [file, "--kubernetes"], pod);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("holds")]);
  expect((await readFile(join(folder, "asked"), "utf8")).split("\n")[0]).toMatch(
    /^--namespace=support-it-agent exec --stdin statefulset\/postgres --container=postgres -- env PGUSER=support_it_agent .*pg_dump/,
  );
});

const backup = (url: string, file: string, args: string[] = [], env: Record<string, string> = {}) =>
  runCommand("scripts/backup.ts", [file, ...args], { DATABASE_URL: url, PG_BIN: programs, ...env });

const restore = (url: string, file: string, args: string[] = [], env: Record<string, string> = {}) =>
  runCommand("scripts/restore.ts", [file, ...args], { DATABASE_URL: url, PG_BIN: programs, ...env });

/** As the application's role, whose password has everything that must be escaped. */
function urlFor(database: string): string {
  const url = new URL(server.urlOf(database));
  url.username = "support_it_agent";
  url.password = encodeURIComponent(appPassword);
  return url.href;
}

async function newDatabase(name: string): Promise<string> {
  await inDatabase(server.url, (database) =>
    database.rows(sql.raw(`create database ${name} owner support_it_agent`)),
  );
  await inDatabase(server.urlOf(name), (database) => database.rows(sql`create extension vector`));
  return urlFor(name);
}

async function fill(url: string, text = examplePrediction.text): Promise<void> {
  await inDatabase(url, async (database) => {
    await migrate(database);
    for (let count = 0; count < 20; count += 1)
      await recordPrediction(database)({ ...examplePrediction, text });
    const vector = examplePrediction.embedding;
    const embedder = {
      maker: { model: "test" },
      embed: async (texts: readonly string[]) => texts.map(() => vector),
    };
    for (const title of ["VPN", "Imprimante"]) {
      const input = {
        bytes: Buffer.from(`# ${title}\n\n1. ${title} ${text}`),
        mediaType: "text/markdown",
        externalId: title,
      };
      await putDocument({ database, embedder } as never, input as never);
    }
  });
}

async function inDatabase<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = openNodePostgres({ url, maxConnections: 1 });
  return work(database).finally(() => database.close());
}

const tablesOf = (url: string) =>
  inDatabase(url, async (database) =>
    (
      await database.rows(sql`select schemaname || '.' || tablename as name from pg_tables
        where schemaname !~ '^pg_' and schemaname <> 'information_schema' order by 1`)
    ).map(({ name }) => name),
  );

/** The rows of each table as one sum, and what else the schema holds. */
async function contentOf(url: string) {
  const tables = await tablesOf(url);
  return inDatabase(url, async (database) => {
    const sums: Record<string, unknown> = {};
    for (const table of tables) {
      const [row] = await database.rows(
        sql.raw(
          `select count(*)::int as rows, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as sum from ${table} t`,
        ),
      );
      sums[String(table)] = row;
    }
    const indexes = await database.rows(
      sql`select indexname, indexdef from pg_indexes where schemaname !~ '^pg_' order by 1`,
    );
    const others =
      await database.rows(sql`select proname as name from pg_proc p join pg_namespace n on n.oid = pronamespace
      where nspname !~ '^pg_' and nspname <> 'information_schema' union all select extname from pg_extension
      union all select viewname from pg_views where schemaname = 'public' order by 1`);
    expect(tables.length).toBeGreaterThan(8);
    return { sums, indexes, others };
  });
}

const nearest = (url: string) =>
  inDatabase(url, (database) =>
    database.rows(sql`select content, embedding <=> (select embedding from rag_docs order by id limit 1) as distance
      from rag_docs order by 2, 1 limit 5`),
  );

async function copyOf(name: string): Promise<string> {
  const file = join(folder, name);
  await copyFile(saved, file);
  await writeFile(`${file}.sha256`, await readFile(`${saved}.sha256`));
  return file;
}

async function flipped(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  return bytes;
}
