// Where the scripts look for a path argument: each is called out of a folder that is not the checkout.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { createRepository } from "../delivery/create-repository.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caller-"));
});
afterEach(() => rm(folder, { recursive: true }));

const call = (script: string, args: readonly string[], env: Record<string, string> = {}, cwd = folder) =>
  runProgram(join(root, "scripts", script), args, {
    cwd,
    env: { ...process.env, ...env },
    timeoutMs: 60_000,
  });

test("import-tickets reads FILE, and writes --to, beside the caller", async () => {
  await writeFile(join(folder, "desk.csv"), "id,subject,body,queue\n1,VPN,It is down,Network\n");
  expect(await call("import-tickets", ["desk.csv", "--to", "out"])).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(folder, "out"))).toEqual(["desk.jsonl"]);
});

test.each(["backup", "restore"])("%s looks for FILE beside the caller", async (script) => {
  await writeFile(join(folder, "README.md"), "no backup");
  const { stdout, stderr } = await call(script, ["README.md"], {
    DATABASE_URL: "postgres://127.0.0.1:1/none",
  });
  expect(stdout + stderr).toContain(join(folder, "README.md"));
});

test("the scripts that need no packages do the same: check-bot-commit --repository", async () => {
  const repository = await createRepository();
  try {
    const commit = await repository.commit("A start", { "one.txt": "1" });
    const args = ["--repository", ".", "--pushed-by", "robot"];
    const { stderr } = await call("check-bot-commit", args, { TRAINER_LOGIN: "robot" }, repository.root);
    expect(stderr).toContain(`${commit.slice(0, 12)} has 0 parents`);
  } finally {
    await repository.remove();
  }
});

test("train --from names a folder of the caller's", async () => {
  const args = ["trainer/src/cli.ts", "train", "--data-set", "current", "--from", "no-tickets"];
  const env = { ...process.env, CALLER_DIR: folder };
  const { stderr } = await runProgram("node", args, { cwd: root, env, timeoutMs: 60_000 });
  expect(stderr).toContain(join(folder, "no-tickets"));
});
