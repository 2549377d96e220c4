import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { startPostgres } from "./start-postgres.ts";

test("a server with pgvector starts, comes back after SIGKILL with what it had acknowledged, and ends", async () => {
  const server = await startPostgres();
  const database = openNodePostgres({ url: server.url });
  await database.rows(sql`create extension vector`);
  await database.rows(sql`create table kept (v vector(3))`);
  await database.rows(sql`insert into kept values ('[1,2,3]')`);
  await server.kill9();
  await expect(database.rows(sql`select 1`)).rejects.toThrow("the database is away");
  await server.restart();
  expect(await database.rows(sql`select v::text from kept`)).toEqual([{ v: "[1,2,3]" }]);
  await server.stop();
  await server.restart();
  expect(await database.rows(sql`select count(*)::int as n from kept`)).toEqual([{ n: 1 }]);
  await database.close();
  await server.end();
  expect(serverProcesses(server.url)).toBe("");
});

test("saved data are what a later server begins with", async () => {
  const folder = await mkdtemp(join(tmpdir(), "saved-postgres-"));
  const first = await startPostgres();
  await execute(first.url, "create table kept as select 'from the first' as word");
  await first.stop();
  await first.saveTo(folder);
  await first.end();
  const second = await startPostgres({ copyOf: folder });
  expect(await execute(second.url, "select word from kept")).toEqual([{ word: "from the first" }]);
  await second.end();
  await rm(folder, { recursive: true });
});

test("a server ends with the process that started it, also when that is killed", async () => {
  const module = fileURLToPath(new URL("start-postgres.ts", import.meta.url));
  const program = `import { startPostgres } from ${JSON.stringify(module)};
    console.log((await startPostgres()).url); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", program]);
  const [line] = await once(owner.stdout, "data");
  expect(serverProcesses(String(line))).not.toBe("");
  owner.kill("SIGKILL");
  await expect.poll(() => serverProcesses(String(line)), { timeout: 10_000 }).toBe("");
});

async function execute(url: string, statement: string) {
  const database = openNodePostgres({ url });
  return database.rows(sql.raw(statement)).finally(() => database.close());
}

/** Command lines of the server that listens on the port of `url`. */
function serverProcesses(url: string): string {
  const flag = `-p ${new URL(url.trim()).port}`;
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter((line) => line.includes("postgres -D") && line.endsWith(flag)).join("\n");
}
