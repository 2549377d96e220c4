// What every command makes of --help and of what it does not know. Nothing may happen before it has understood all of its command line.
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { copyScripts, type ScriptsCopy } from "./copy-scripts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = await readdir(join(root, "scripts"));
const programs = [
  ...files.filter((name) => name.endsWith(".ts")),
  "benchmark/run-benchmark.ts",
  "delivery/write-kubeconfig.ts",
  "images/record-traffic.ts",
  "images/serve-database.ts",
  "lambda/measure-cold-start.ts",
];
const wrappers = [];
for (const name of files) {
  const { mode } = await stat(join(root, "scripts", name));
  if (!name.includes(".") && (await stat(join(root, "scripts", name))).isFile() && mode & 0o100)
    wrappers.push(name);
}

let checkout: ScriptsCopy;
beforeAll(async () => {
  checkout = await copyScripts();
  await mkdir(join(checkout.root, "bin"));
  await program("bin/npm", 'echo "$*" >>calls; exit 1');
});
afterAll(() => checkout.remove());

async function program(path: string, body: string): Promise<void> {
  await writeFile(join(checkout.root, path), `#!/bin/sh\n${body}\n`);
  await chmod(join(checkout.root, path), 0o755);
}

const { PATH, NODE_COMPILE_CACHE } = process.env;
const kept = { PATH, ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}) };

/** With nothing in the environment that leads to a database, weights or a cluster. */
const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  runProgram(command, args, {
    cwd: root,
    env: { ...kept, HOME: checkout.root, DATA_DIR: join(checkout.root, "data"), ...env },
    timeoutMs: 40_000,
  });

describe.each(programs)("scripts/%s", (name) => {
  test("--help prints the usage to stdout, an option that it does not know is wrong use", async () => {
    const [helped, refused] = await Promise.all([
      run("node", [`scripts/${name}`, "--help"]),
      run("node", [`scripts/${name}`, "--no-such-option"]),
    ]);
    expect(helped).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage:/), stderr: "" });
    const usage = helped.stdout.trimEnd();
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^Unknown option '--no-such-option'.*\n\nUsage:/);
    expect(refused.stderr.trimEnd().endsWith(usage)).toBe(true);
  });
});

test.each([
  ["migrate.ts", ["now"]],
  ["smoke-test.ts", ["http://127.0.0.1:1", "hash", "more"]],
  ["backup.ts", ["one.dump", "two.dump"]],
  ["import-tickets.ts", ["one.csv", "two.csv"]],
])("%s with an argument too many is wrong use", async (name, args) => {
  const refused = await run("node", [`scripts/${name}`, ...args]);
  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/^There is no place for .*\n\nUsage:/),
  ]);
});

test.each(wrappers)("./scripts/%s --help says what it is for, and installs nothing", async (name) => {
  const env = { PATH: `${join(checkout.root, "bin")}:${process.env.PATH}` };
  const { exitCode, stdout } = await run(join(checkout.root, "scripts", name), ["--help"], env);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^[A-Z].{40}/)]);
  await expect(readFile(join(checkout.root, "calls"))).rejects.toThrow("ENOENT");
});

describe("with the packages there", () => {
  let installed: ScriptsCopy;
  beforeAll(async () => {
    installed = await copyScripts(["node_modules", "api", "shared", "trainer", "test"]);
    await rm(join(installed.root, "scripts/train"));
    await writeFile(join(installed.root, "scripts/train"), '#!/bin/sh\necho "train $*"\n', { mode: 0o755 });
    return () => installed.remove();
  });

  test("evaluate hands its options on, and trains after nothing that it refuses", async () => {
    const evaluate = (...args: string[]) =>
      run(join(installed.root, "scripts/evaluate"), args, { MODEL_DIR: "there" });
    expect(await evaluate("--set", "gnome-help fr", "--half", "odd")).toMatchObject({
      exitCode: 0,
      stdout: "train \n",
    });
    for (const args of [["--tikcets"], ["--set", "no-such-set"], ["--half", "left"]])
      expect(await evaluate(...args)).toMatchObject({ exitCode: 2, stdout: "" });
  });

  test("start takes no arguments, and says so before it does anything", async () => {
    const ended = await run(join(installed.root, "scripts/start"), ["--port", "9000"], {
      MODEL_DIR: "there",
    });
    expect(ended).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("PORT") });
  });
});

test.each([[["--help"]], [["train", "--help"]], [["gate", "-h"]]])(
  "the trainer's %j is its usage",
  async (args) => {
    const ended = await run("node", ["trainer/src/cli.ts", ...args]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage:/), stderr: "" });
  },
);
