// How ./scripts/start ends while it still prepares, in a copy whose steps are stand-ins: each says that it began, and how it ended.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyScripts, type ScriptsCopy } from "./copy-scripts.ts";

const slow = `
import { appendFileSync } from "node:fs";
const say = (line) => appendFileSync("log", line + "\\n");
const end = () => { say("ended"); process.exit(1); };
for (const name of ["SIGHUP", "SIGINT", "SIGTERM"])
  process.on(name, () => { say("got " + name); setTimeout(end, 300); });
say("step " + process.pid);
setInterval(() => {}, 1_000);
`;
const quick = (what: string) =>
  `import { appendFileSync } from "node:fs"; appendFileSync("log", "${what}\\n");`;

let checkout: ScriptsCopy;
beforeEach(async () => {
  checkout = await copyScripts(["node_modules"]);
  await appendFile(join(checkout.root, "log"), "");
});
afterEach(async () => {
  for (const pid of await steps()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {}
  }
  await checkout.remove();
});

const log = () => readFile(join(checkout.root, "log"), "utf8");
const steps = async () => [...(await log()).matchAll(/step (\d+)/g)].map(([, pid]) => Number(pid));

async function start(getWeights: string, prepareDatabase: string): Promise<ChildProcess> {
  await writeFile(join(checkout.root, "scripts/get-weights.ts"), getWeights);
  await writeFile(join(checkout.root, "scripts/prepare-database.ts"), prepareDatabase);
  return spawn(join(checkout.root, "scripts/start"), { stdio: "ignore", env: process.env });
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)("%s reaches the step at work, and start ends after it", async (signal, code) => {
  const started = await start(quick("weights"), slow);
  await expect.poll(steps, { timeout: 20_000 }).toHaveLength(1);
  started.kill(signal);
  expect(await once(started, "exit")).toEqual([code, null]);
  expect(await log()).toMatch(new RegExp(`^weights\nstep \\d+\ngot ${signal}\nended\n$`));
});

test("a step that Ctrl-C has reached already gets it once, as does everything in a terminal", async () => {
  const started = await start(slow, quick("database"));
  await expect.poll(steps, { timeout: 20_000 }).toHaveLength(1);
  const [step = 0] = await steps();
  process.kill(step, "SIGINT");
  started.kill("SIGINT");
  expect(await once(started, "exit")).toEqual([130, null]);
  expect((await log()).match(/got/g)).toEqual(["got"]);
});

test("a step that fails ends it with the step's exit code, and the server is not started", async () => {
  const started = await start(quick("weights"), "process.exitCode = 7;");
  expect(await once(started, "exit")).toEqual([7, null]);
});
