import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DatabaseUnavailableError } from "../../database/database-unavailable-error.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./open-pglite.ts";

const program = fileURLToPath(new URL("fill-disk.fixture.ts", import.meta.url));
const mebibyte = 1024 * 1024;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "disk-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Whether this user may mount a disk of its own. */
function mount(at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=100m", "tmpfs", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("on a disk that fills up writes are refused and reads go on; where its log cannot be written, no call hangs, and it is back once there is room", async (context) => {
  if (!mount(folder)) return context.skip("only root may mount a disk of its own");
  try {
    // What hangs here hangs for ever, and does not hear a SIGTERM.
    const { stdout } = await promisify(execFile)(process.execPath, [program, folder], {
      timeout: 200_000,
      killSignal: "SIGKILL",
    });
    const steps = JSON.parse(stdout);
    expect(steps).toMatchObject({
      roomy: "written",
      nearlyFull: expect.stringMatching(/^DatabaseUnavailableError: the disk of \S+ is nearly full: \d+ MB/),
      countNearlyFull: 1,
      full: expect.stringMatching(/^DatabaseUnavailableError: the embedded database in \S+ ended .*pg_wal/),
      after: [steps.full, "DatabaseUnavailableError"],
      inTransaction: "DatabaseUnavailableError",
      stillFull: expect.stringMatching(/^DatabaseUnavailableError: the disk of \S+ is nearly full: \d MB/),
      freed: "written",
      kept: [{ count: 1 }],
      none: expect.stringMatching(/nearly full: 0 MB are free/),
    });
    expect(steps.nearlyFull).toContain(folder);
  } finally {
    execFileSync("umount", [folder]);
  }
}, 240_000);

test("where the disk is too full to open it, it is opened by a later call", async () => {
  await (await openPglite(folder)).close();
  let free = 47 * mebibyte;
  const database = await openPglite(folder, { freeBytes: async () => free });
  const refusal = await database.rows(sql`select 1 as one`).catch((error) => error);
  expect(refusal).toBeInstanceOf(DatabaseUnavailableError);
  expect(refusal.message).toBe(
    `the disk of ${folder} is nearly full: 47 MB are free, and the embedded database takes 48 MB to be opened`,
  );
  free += mebibyte;
  const answer = () => database.rows(sql`select 1 as one`).catch((error) => error.name);
  expect(await answer()).toBe("DatabaseUnavailableError");
  await expect.poll(answer, { timeout: 20_000, interval: 500 }).toEqual([{ one: 1 }]);
  await database.close();
});

test("a write is refused with less than 32 MB left, in a transaction and before it has changed anything, and a read is not", async () => {
  let free = Number.POSITIVE_INFINITY;
  const database = await openPglite(folder, { freeBytes: async () => free });
  await migrate(database);
  await database.rows(sql`create table lines (line text)`);
  free = 31 * mebibyte;
  const write = () =>
    database
      .run((drizzle) => drizzle.transaction((tx) => tx.execute(sql`insert into lines values ('a')`)))
      .catch((error) => error.message);
  await sleep(1_100);
  expect(await write()).toContain("takes 32 MB to write");
  await database.rows(sql`select line as "updated_at" from lines`);
  await expect(database.rows(sql`with a as (insert into lines values ('b')) select 1`)).rejects.toThrow(
    DatabaseUnavailableError,
  );
  expect(await database.rows(sql`select count(*)::int as count from lines`)).toEqual([{ count: 0 }]);
  free = 32 * mebibyte;
  await sleep(1_100);
  await write();
  expect(await database.rows(sql`select line from lines`)).toEqual([{ line: "a" }]);
  await database.close();
});
