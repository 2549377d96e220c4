import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { clearScratch } from "./clear-scratch.ts";

let database: Database;
let close: () => Promise<void>;
let folder: string;
let scratchDir: string;
let told: string[];
const log = (line: string) => void told.push(line);

beforeAll(async () => {
  ({ database, close } = await openOnDriver("pglite"));
});
afterAll(() => close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clear-scratch-"));
  scratchDir = join(folder, "scratch");
  told = [];
  await database.rows(sql`truncate training_cycles cascade`);
});
afterEach(() => rm(folder, { recursive: true }));

async function recordTraining(outcome: string | null): Promise<string> {
  const id = newId();
  await database.rows(sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, outcome, ended_at)
    values (${id}::uuid, 'current', 'drift', 'hash', ${outcome === null ? "publish" : "ended"}, ${outcome},
      case when ${outcome}::text is not null then now() end)`);
  return id;
}

async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(scratchDir, path)), { recursive: true });
    await writeFile(join(scratchDir, path), "x");
  }
}

test("clones of trainings that ended go, however they ended; the one under way, vectors, copies of bundles and what nobody knows stay", async () => {
  const outcomes = ["promoted", "refused", "rolled_back", "abandoned"];
  const ended = await Promise.all(outcomes.map(recordTraining));
  const open = await recordTraining(null);
  const unknown = newId();
  await write(...ended.map((id) => `${id}/.git/HEAD`));
  await write(`${ended[0]}.part/x`, `${ended[1]}.look/x`, `${ended[2]}.revert/x`);
  const stay = [
    open,
    `${open}.part`,
    `${open}.revert`,
    unknown,
    "serving",
    "embeddings",
    "drift",
    `${ended[0]}.bak`,
  ];
  await write(...stay.map((name) => `${name}/x`));
  await clearScratch({ database, scratchDir, log });
  expect((await readdir(scratchDir)).sort()).toEqual(stay.sort());
  expect(told).toEqual([]);
});

test("nothing outside of scratch space is removed: neither what a link in a clone leads to, nor what one in its place does", async () => {
  const [one, other] = [await recordTraining("refused"), await recordTraining("refused")];
  const outside = join(folder, "outside");
  await write("../outside/packages/x", `${one}/x`);
  await symlink(join(outside, "packages"), join(scratchDir, one, "node_modules"));
  await symlink(outside, join(scratchDir, other));
  await clearScratch({ database, scratchDir, log });
  expect(await readdir(scratchDir)).toEqual([other]);
  expect(await readdir(join(outside, "packages"))).toEqual(["x"]);
});

test("no scratch space yet is nothing to tell; one that cannot be read, or a database that is away, is told and fails no run", async () => {
  await clearScratch({ database, scratchDir, log });
  expect(told).toEqual([]);
  await writeFile(scratchDir, "");
  await clearScratch({ database, scratchDir, log });
  expect(told).toEqual([expect.stringMatching(/could not all be removed \(ENOTDIR.*next run tries again/)]);
  await rm(scratchDir);
  await write(`${await recordTraining("refused")}/x`);
  const away: Database = { ...database, rows: () => Promise.reject(new Error("the database is away")) };
  await clearScratch({ database: away, scratchDir, log });
  expect(told).toHaveLength(2);
  expect(await readdir(scratchDir)).toHaveLength(1);
});
