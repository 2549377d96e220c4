import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProcess } from "./run-process.ts";

const env = { PATH: process.env.PATH ?? "" };
const options = { cwd: "/", env, timeoutMs: 20_000, output: "capture" } as const;
const node = (code: string) => [process.execPath, ["-e", code]] as const;

test("stdout and an exit code other than 0 are answers", async () => {
  const answer = await runProcess(...node("console.log(1 + 1); process.exit(3)"), options);
  expect(answer).toEqual({ exitCode: 3, stdout: "2" });
});

test("the child sees the environment that was named and nothing else", async () => {
  process.env.NOT_FOR_CHILDREN = "secret";
  const { stdout } = await runProcess(
    ...node("console.log(process.env.NOT_FOR_CHILDREN ?? 'none')"),
    options,
  );
  expect(stdout).toBe("none");
});

test("a child that takes too long is stopped, and the message says so", async () => {
  const endless = runProcess(...node("setInterval(() => {}, 1000)"), { ...options, timeoutMs: 300 });
  await expect(endless).rejects.toThrow("did not end within 0.3 s");
});

test("an aborted child is stopped", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const endless = runProcess(...node("setInterval(() => {}, 1000)"), {
    ...options,
    signal: controller.signal,
  });
  await expect(endless).rejects.toThrow("was stopped");
});

test("a program that is not there is named", async () => {
  await expect(runProcess("no-such-program", [], options)).rejects.toThrow(
    "no-such-program could not be started",
  );
});

/** Starts a program that starts another, and gives both ids as the inner one prints them. */
const family = (ending: string) =>
  `const { spawn } = require("node:child_process");
   spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }).on("spawn", function () {
     require("node:fs").writeFileSync(process.env.IDS, process.pid + " " + this.pid);
     ${ending}
   });`;

async function idsIn(file: string): Promise<number[]> {
  const content = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await expect.poll(content, { timeout: 20_000 }).toMatch(/\d \d/);
  return readFileSync(file, "utf8").split(" ").map(Number);
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

describe("what a program started does not outlive", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "run-process-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("an abort", async () => {
    const ids = join(folder, "ids");
    const controller = new AbortController();
    const running = runProcess(...node(family("")), {
      ...options,
      env: { ...env, IDS: ids },
      signal: controller.signal,
    });
    const started = await idsIn(ids);
    expect(started.map(isAlive)).toEqual([true, true]);
    controller.abort();
    await expect(running).rejects.toThrow("was stopped");
    await expect.poll(() => started.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  test("the program's own end", async () => {
    const ids = join(folder, "ids");
    await runProcess(...node(family("process.exit(0)")), { ...options, env: { ...env, IDS: ids } });
    const started = await idsIn(ids);
    await expect.poll(() => started.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  test("the caller's kill -9", async () => {
    const ids = join(folder, "ids");
    const script = join(folder, "caller.ts");
    const module = new URL("./run-process.ts", import.meta.url).href;
    await writeFile(
      script,
      `import { runProcess } from ${JSON.stringify(module)};
       await runProcess(process.execPath, ["-e", ${JSON.stringify(family(""))}], {
         cwd: "/", env: { PATH: process.env.PATH ?? "", IDS: ${JSON.stringify(ids)} }, timeoutMs: 60_000, output: "inherit" });`,
    );
    const caller = spawn(process.execPath, [script], { stdio: "ignore" });
    const started = await idsIn(ids);
    caller.kill("SIGKILL");
    await expect.poll(() => started.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });
});
