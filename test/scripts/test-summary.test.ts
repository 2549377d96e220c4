// How ./scripts/test ends, after real runs of vitest in a copy with suites of our own.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { copyScripts, type ScriptsCopy } from "./copy-scripts.ts";

const suites = {
  "passes.test.ts": 'test("one", () => {}); test.skip("two", () => {});',
  "fails.test.ts": 'test("one", () => { throw new Error("no"); });',
  "late.test.ts":
    'test("one", async () => { setTimeout(() => { throw new Error("late"); }); await new Promise((done) => setTimeout(done, 50)); });',
  "unloaded.test.ts": 'throw new Error("not loaded");',
};

let checkout: ScriptsCopy;
beforeAll(async () => {
  checkout = await copyScripts(["node_modules"]);
  await mkdir(join(checkout.root, "suites"));
  for (const [name, body] of Object.entries(suites))
    await writeFile(join(checkout.root, "suites", name), `import { test } from "vitest";\n${body}\n`);
  // What the suites of the product need, and these do not.
  await writeFile(join(checkout.root, "scripts/get-weights.ts"), "");
  await writeFile(join(checkout.root, "scripts/lib/ensure-test-tools.sh"), "#!/bin/sh\n");
  await chmod(join(checkout.root, "scripts/lib/ensure-test-tools.sh"), 0o755);
});
afterAll(() => checkout.remove());

test.each([
  ["suites that pass", "passes", 0, "1 passed, 0 failed, 1 skipped"],
  ["a test that fails", "fails", 1, "0 passed, 1 failed"],
  ["a suite that cannot be loaded", "unloaded", 1, "0 passed, 1 failed"],
  ["an error outside of a test", "late", 1, "1 passed, 1 failed"],
  ["a pattern that matches no suite", "no-such-suite", 1, "0 passed, 1 failed"],
])("%s", async (_, pattern, exitCode, lastLine) => {
  const ended = await runProgram(join(checkout.root, "scripts/test"), [pattern], {
    cwd: checkout.root,
    env: process.env,
    timeoutMs: 60_000,
  });
  expect([ended.exitCode, ended.stdout.trimEnd().split("\n").at(-1)]).toEqual([exitCode, lastLine]);
  if (["late", "no-such-suite"].includes(pattern))
    expect(ended.stdout).toContain("ended with an error outside of a test, or no file matched");
});
