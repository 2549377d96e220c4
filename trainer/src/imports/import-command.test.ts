// ./scripts/import-tickets as a person runs it: a process of its own, on PGlite and on PostgreSQL.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "@support-it-agent/shared/node/database/open-database";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database/create-test-database.ts";

const program = fileURLToPath(new URL("../../../scripts/import-tickets.ts", import.meta.url));
const rowCount = 3_000;

let folder: string;
let csv: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-command-"));
  csv = join(folder, "desk.csv");
  const rows = Array.from(
    { length: rowCount },
    (_, i) =>
      `${i},Ticket ${i},Text ${i} of jo${i}@example.com,Queue ${i % 3},P${1 + (i % 5)},2026-01-01 10:00\n`,
  );
  await writeFile(csv, `id,subject,body,queue,priority,created\n${rows.join("")}x,y,z,q,sometime,\n`);
});
afterAll(() => rm(folder, { recursive: true }));

type Run = { readonly child: ChildProcess; said: string; out: string };

function start(args: readonly string[], env: Record<string, string>): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const run: Run = { child, said: "", out: "" };
  child.stderr?.on("data", (piece) => {
    run.said += piece;
  });
  child.stdout?.on("data", (piece) => {
    run.out += piece;
  });
  return run;
}

async function end(run: Run) {
  const [code, signal] = await once(run.child, "close");
  return { code: code ?? signal, said: run.said, summary: run.out === "" ? null : JSON.parse(run.out) };
}

describe.each(["PGlite", "PostgreSQL"])("into %s", (kind) => {
  let env: Record<string, string>;
  beforeAll(async () => {
    env =
      kind === "PGlite" ? { DATA_DIR: join(folder, "data") } : { DATABASE_URL: await createTestDatabase() };
  });

  test("an import that is killed goes on when it is started again, and nothing is there twice", async () => {
    const first = start([csv, "--no-search"], env);
    first.child.stderr?.on("data", () => {
      // The second of three pieces of the file is read, so the rows of the first are stored.
      if (/ 1[3-9]\d\/\d+\n/.test(first.said)) first.child.kill("SIGKILL");
    });
    expect((await end(first)).code).toBe("SIGKILL");

    const { code, summary } = await end(start([csv, "--no-search"], env));
    expect(code).toBe(3);
    expect(summary).toMatchObject({ read: rowCount + 1, replaced: 0, rejected: 1 });
    expect(summary.unchanged).toBeGreaterThan(0);
    expect(summary.created + summary.unchanged).toBe(rowCount);

    const again = await end(start([csv, "--no-search"], env));
    expect(again.summary).toMatchObject({ created: 0, replaced: 0, unchanged: rowCount });
    expect(JSON.parse(await readFile(`${csv}.rejects.jsonl`, "utf8"))).toMatchObject({ line: rowCount + 2 });

    const database = await openDatabase({ url: env.DATABASE_URL, dataDirectory: env.DATA_DIR ?? "" });
    const [row] = await database.rows(
      sql`select count(*)::int as tickets, count(distinct external_id)::int as ids,
        count(*) filter (where body like '%[EMAIL_1]')::int as redacted,
        (select count(*)::int from known_queues) as queues from tickets`,
    );
    await database.close();
    expect(row).toEqual({ tickets: rowCount, ids: rowCount, redacted: rowCount, queues: 3 });
  }, 240_000);
});

test.each([
  { args: [], code: 2, message: "Name one file or data set." },
  { args: ["nothing.csv"], code: 2, message: "nothing.csv is no file" },
  { args: ["desk.csv", "--queue-rule", "seven"], code: 2, message: "--queue-rule is six-queues." },
  { args: ["desk.csv", "--map", "body=nowhere"], code: 1, message: 'no column "nowhere"' },
  { args: ["desk.csv", "--where", "team=a"], code: 1, message: 'the column "team"' },
])("$args is refused: $message", async ({ args, code, message }) => {
  const named = args.map((arg) => (arg === "desk.csv" ? csv : arg));
  const ended = await end(start([...named, "--dry-run"], {}));
  expect(ended.said).toContain(message);
  expect(ended.code).toBe(code);
});

test("the public set's licence is said before anything is fetched, and a hub that is away is no dead end", async () => {
  const { code, said } = await end(
    start(["tobi-bueck/customer-support-tickets"], { MODEL_HUB_URL: "http://127.0.0.1:1" }),
  );
  expect(code).toBe(1);
  expect(said).toMatch(/CC BY-NC 4\.0[\s\S]*not for commercial purposes[\s\S]*Download .* by hand/);
});

test("what is mapped is said before it starts, and a folder is filled for a pipeline without a database", async () => {
  const { said, summary } = await end(start([csv, "--to", join(folder, "tickets")], {}));
  expect(said).toMatch(/urgency +<- priority\n[\s\S]*Importing/);
  expect(summary).toMatchObject({ created: rowCount, rejected: 1 });
  const lines = (await readFile(join(folder, "tickets/desk.jsonl"), "utf8")).trim().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    id: "0",
    subject: "Ticket 0",
    body: "Text 0 of [EMAIL_1]",
    queue: "Queue 0",
    urgency: "high",
    created_at: "2026-01-01T10:00:00.000Z",
  });
});
