import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-"));
  log = join(folder, "log");
});

afterEach(() => rm(folder, { recursive: true }));

const program = fileURLToPath(new URL("log-lines.fixture.ts", import.meta.url));

/** The program under a shell that says where its output goes, and may limit it. */
const start = (output: string, count: number, limit = ":") =>
  spawn("bash", ["-c", `${limit}; exec "$0" "$1" "$2" ${output}`, process.execPath, program, `${count}`]);

/** How the program ended, and what it had to say. */
const ended = async (child: ChildProcessWithoutNullStreams) => {
  const said = text(child.stderr);
  const [code] = await once(child, "exit");
  return { code, said: await said };
};

const linesOf = async () => (await readFile(log, "utf8")).trimEnd().split("\n");
const lineNumbers = (lines: string[]) => lines.map((line) => Number(/^line (\d+) \.+$/.exec(line)?.[1]));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test("every line is there, in order, when the process ends at once", async () => {
  const child = start(`>> ${log}`, 1);
  child.stdin.end("19999\nexit\n");
  expect(await ended(child)).toEqual({ code: 0, said: "" });
  expect(lineNumbers(await linesOf())).toEqual(upTo(20_000));
});

test("a full disk is told once, and neither ends the process nor keeps it from ending", async () => {
  const child = start("> /dev/full", 10);
  const told = once(child.stderr, "data");
  const end = ended(child);
  await told;
  // Another line, and another try a second later, which fails the same.
  child.stdin.write("1\n");
  const isOver = await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 1_500, "runs"))]);
  expect(isOver).toBe("runs");
  child.stdin.end();
  expect(await end).toEqual({ code: 0, said: "ENOSPC: no space left on device, write\n" });
});

test("lines that could not be written come once they can, no part of one lost or twice", async () => {
  // A file may hold 2 KB: twenty lines and a half.
  const child = start(`>> ${log}`, 40, "ulimit -f 2");
  const end = ended(child);
  await once(child.stderr, "data");
  const before = await readFile(log, "utf8");
  expect(before).toHaveLength(2_048);
  await truncate(log);
  await expect.poll(() => readFile(log, "utf8"), { timeout: 10_000 }).toMatch(/^line 40 /m);
  child.stdin.end();
  expect((await end).code).toBe(0);
  expect(lineNumbers((before + (await readFile(log, "utf8"))).trimEnd().split("\n"))).toEqual(upTo(40));
});

test("what is kept has an end: the newest lines are lost, and a line says how many", async () => {
  // Ten megabytes at once, more than any destination takes in that time; four are kept.
  const child = start(`>> ${log}`, 100_000);
  child.stdin.end();
  expect(await ended(child)).toEqual({ code: 0, said: "" });
  const lines = await linesOf();
  const loss = JSON.parse(lines.pop() ?? "");
  // The first of them was being written already.
  expect(lines).toHaveLength(1 + Math.floor((4 * 1024 * 1024) / 100));
  expect(lineNumbers(lines)).toEqual(upTo(lines.length));
  expect(loss).toMatchObject({ level: "warn", lines: 100_000 - lines.length });
  expect(Date.parse(loss.time)).not.toBeNaN();
});

test("a reader that is behind gets every line, and no failure is told", async () => {
  const child = start("", 30_000);
  const end = ended(child);
  child.stdin.write("1\n");
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.stdin.end();
  const [read, result] = await Promise.all([text(child.stdout), end]);
  expect(result).toEqual({ code: 0, said: "" });
  expect(lineNumbers(read.trimEnd().split("\n"))).toEqual(upTo(30_001));
});
