// scripts/lib/node-packages.sh in a copy, with a stand-in for npm that notes what it was asked and installs what the test says.
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { copyScripts, type ScriptsCopy } from "./copy-scripts.ts";

let checkout: ScriptsCopy;
beforeEach(async () => {
  checkout = await copyScripts();
  await mkdir(join(checkout.root, "bin"));
  await program("scripts/probe", '. "$(dirname "$0")/lib/node-packages.sh"\necho ready');
});
afterEach(() => checkout.remove());

async function program(path: string, body: string): Promise<void> {
  await writeFile(join(checkout.root, path), `#!/usr/bin/env bash\n${body}\n`);
  await chmod(join(checkout.root, path), 0o755);
}

/** `node` is what becomes node_modules/.bin/node. */
const npmInstalls = (node: string) =>
  program(
    "bin/npm",
    `echo "$*" >>calls
     rm -rf node_modules && mkdir -p node_modules/.bin
     ${node}`,
  );
const workingNode = `ln -s "${process.execPath}" node_modules/.bin/node`;

const probe = (env: Record<string, string> = {}) =>
  runProgram(join(checkout.root, "scripts/probe"), [], {
    cwd: checkout.root,
    env: { PATH: `${join(checkout.root, "bin")}:${process.env.PATH}`, ...env },
    timeoutMs: 30_000,
  });
const calls = async () => (await readFile(join(checkout.root, "calls"), "utf8")).trimEnd().split("\n");

test("whatever NODE_ENV and npm's settings say, npm is asked for Node itself and its install script; once", async () => {
  await npmInstalls(workingNode);
  const env = { NODE_ENV: "production", npm_config_ignore_scripts: "true" };
  for (const _ of [1, 2]) expect(await probe(env)).toMatchObject({ exitCode: 0, stdout: "ready\n" });
  expect(await calls()).toEqual([expect.stringMatching(/^ci .*--include=dev --ignore-scripts=false/)]);
});

test.each([
  ["no Node", ":"],
  [
    "a Node that does not start",
    "printf '#!/bin/sh\\nexit 1\\n' >node_modules/.bin/node; chmod +x node_modules/.bin/node",
  ],
])("packages with %s are said to be so, and the next run installs again", async (_, node) => {
  await npmInstalls(node);
  const ended = await probe();
  expect([ended.exitCode, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr).toContain("node_modules/.bin/node, does not run TypeScript here");
  await npmInstalls(workingNode);
  expect(await probe()).toMatchObject({ exitCode: 0, stdout: "ready\n" });
});

test("a checkout whose Node went missing after it was installed is installed again", async () => {
  await npmInstalls(workingNode);
  await probe();
  await rm(join(checkout.root, "node_modules/.bin/node"));
  expect(await probe()).toMatchObject({ exitCode: 0 });
  expect(await calls()).toHaveLength(2);
});

test("an exported CDPATH, with a folder of the same name in it, leads nowhere else", async () => {
  await npmInstalls(workingNode);
  await mkdir(join(checkout.root, "decoy/scripts/lib"), { recursive: true });
  const ended = await runProgram("bash", ["scripts/probe"], {
    cwd: checkout.root,
    env: {
      PATH: `${join(checkout.root, "bin")}:${process.env.PATH}`,
      CDPATH: join(checkout.root, "decoy"),
    },
    timeoutMs: 30_000,
  });
  expect(ended).toMatchObject({ exitCode: 0, stdout: "ready\n" });
});
