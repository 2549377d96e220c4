// The model store as the deploy workflow reads it: a real server of S3's interface on loopback, real dvc.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pullBundle } from "../../scripts/delivery/pull-bundle.ts";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { pythonEnv } from "../training/python-env.ts";
import { type RunningS3, startS3 } from "../training/start-s3.ts";

// Each call starts Python, and DVC's imports take seconds.
vi.setConfig({ testTimeout: 600_000 });

let root: string;
let server: RunningS3;
let env: Record<string, string>;

beforeAll(async () => {
  const python = await pythonEnv();
  root = await mkdtemp(join(tmpdir(), "pull-bundle-"));
  server = await startS3(python, root);
  env = {
    ...python,
    ...server.credentials,
    DVC_REMOTE_URL: "s3://bucket/dvc",
    AWS_ENDPOINT_URL: server.url,
  };
  await mkdir(join(root, "models/current"), { recursive: true });
  await writeFile(join(root, "models/current/manifest.json"), '{"version":"1"}\n');
  await run("git", "init", "--quiet", "--initial-branch=main");
  await run("dvc", "init", "--quiet");
  await run("dvc", "add", "--quiet", "models/current");
}, 1_500_000);

afterAll(async () => {
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(program: string, ...args: string[]): Promise<void> {
  const ended = await runProgram(program, args, { cwd: root, env, timeoutMs: 300_000 });
  expect([program, args[0], ended.exitCode, ended.exitCode === 0 ? "" : ended.stderr]).toEqual([
    program,
    args[0],
    0,
    "",
  ]);
}

test("a bundle is pulled from DVC_REMOTE_URL, and the work tree's own configuration stays as it is", async () => {
  const config = await readFile(join(root, ".dvc/config"), "utf8");
  await run("dvc", "config", "--local", "core.remote", "push");
  await run("dvc", "remote", "add", "--local", "push", "s3://bucket/dvc");
  await run("dvc", "remote", "modify", "--local", "push", "endpointurl", server.url);
  await run("dvc", "push", "--quiet");
  await rm(join(root, ".dvc/config.local"));
  for (const gone of ["models/current", ".dvc/cache"]) await rm(join(root, gone), { recursive: true });

  await pullBundle(root, env);
  expect(await readFile(join(root, "models/current/manifest.json"), "utf8")).toBe('{"version":"1"}\n');
  expect(await readFile(join(root, ".dvc/config"), "utf8")).toBe(config);
  await expect(readFile(join(root, ".dvc/config.local"))).rejects.toThrow("ENOENT");
});

test("a store that lacks the bundle ends the pull, and leaves no part of one", async () => {
  for (const gone of ["models/current", ".dvc/cache", ".dvc/tmp"])
    await rm(join(root, gone), { recursive: true, force: true });
  const elsewhere = { ...env, DVC_REMOTE_URL: "s3://bucket/elsewhere" };
  await expect(pullBundle(root, elsewhere)).rejects.toThrow(
    "s3://bucket/elsewhere lacks models/current. Push it from a machine that has it",
  );
  await expect(readFile(join(root, "models/current/manifest.json"))).rejects.toThrow("ENOENT");
});
