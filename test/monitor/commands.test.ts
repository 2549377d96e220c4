// `trainer drift` and `trainer replay` as a person runs them, on an embedded database.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { runCommand } from "../http/run-command.ts";
import { writeTraffic } from "../loop/write-traffic.ts";
import { makeDesk } from "./make-desk.ts";

const dayMs = 86_400_000;
/** Two weeks that ended the day before yesterday, so that both are complete windows. */
const from = Math.floor(Date.now() / dayMs) * dayMs - 16 * dayMs;
const day = (after: number) => new Date(from + after * dayMs).toISOString().slice(0, 10);
let folder: string;
let dataDirectory: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monitor-commands-"));
  dataDirectory = join(folder, "data");
  env = { DATA_DIR: dataDirectory };
  const desk = await makeDesk(join(folder, "snapshot"));
  const database = await openPglite(dataDirectory);
  await migrate(database);
  const traffic = { bundle: desk.bundle, embedder: desk.embedder, texts: desk.texts };
  await writeTraffic(database, { ...traffic, from, days: 14, perDay: 40, seed: 1 });
  await database.close();
  await desk.close();
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

const trainer = (...args: string[]) => runCommand("trainer/src/cli.ts", args, env);

test("a replay prints one line a window to people, one JSON object a window to machines, and stores nothing", async () => {
  const told = await trainer("replay", "--until", day(15));
  expect(told.code, told.stderr).toBe(0);
  expect(told.stderr).toContain(`\n${day(0)} ${day(7)} `);
  expect(told.stderr).toMatch(/2 windows: /);
  expect(told.stdout).toBe("");
  const { stdout } = await trainer("replay", "--since", day(7), "--until", `${day(15)}T00:00:00Z`, "--json");
  const [only] = stdout.split("\n").map((line) => JSON.parse(line));
  expect(new Date(only.window.start).toISOString()).toBe(`${day(7)}T00:00:00.000Z`);
  expect(await countReports()).toBe(0);
}, 600_000);

test("drift looks without storing, then stores each window once and writes the page of the last", async () => {
  const looked = await trainer("drift", "--no-store");
  expect(looked.code, looked.stderr).toBe(0);
  expect(looked.stderr).toContain("Nothing was stored.");
  expect(looked.stdout).toBe("");
  expect(await countReports()).toBe(0);

  const page = join(folder, "drift.html");
  const stored = await trainer("drift", "--json", "--page", page);
  const reports = JSON.parse(stored.stdout);
  expect(reports[0].assessment.window.rows).toBeGreaterThan(200);
  expect(stored.stderr).toContain(`Stored as ${reports.at(-1).id}.`);
  expect(await readFile(page, "utf8")).toMatch(/^<!doctype html>/);
  expect(await countReports()).toBe(reports.length);

  const again = await trainer("drift", "--json");
  expect(again).toMatchObject({ code: 0, stdout: "[]" });
  expect(again.stderr).toContain("No complete new window since");
}, 600_000);

test("where another process holds the database, or a date is none, the message says what to do", async () => {
  const database = await openPglite(dataDirectory);
  const held = await trainer("drift").finally(() => database.close());
  expect(held.code).toBe(1);
  expect(held.stderr).toContain(dataDirectory);
  expect(held.stderr).not.toMatch(/\n +at /);
  const wrong = await trainer("replay", "--since", "yesterday");
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("--since yesterday is no date: give a day such as 2026-11-22");
}, 300_000);

async function countReports(): Promise<number> {
  const database = await openPglite(dataDirectory);
  const [row] = await database.rows(sql`select count(*)::int as reports from drift_reports`);
  await database.close();
  return Number(row?.reports);
}
