// Data and models through a DVC remote that speaks S3: a real server of its interface on loopback, real dvc, real git.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { DvcPlace } from "../../trainer/src/dvc/dvc-place.ts";
import { pull } from "../../trainer/src/dvc/pull.ts";
import { push } from "../../trainer/src/dvc/push.ts";
import { remoteHolds } from "../../trainer/src/dvc/remote-holds.ts";
import { runProcess } from "../../trainer/src/processes/run-process.ts";
import { pythonEnv } from "./python-env.ts";
import { freePort } from "./start-program.ts";
import { type RunningS3, startS3 } from "./start-s3.ts";

// Each call starts Python, and DVC's imports take seconds.
vi.setConfig({ testTimeout: 600_000 });

const files = {
  "data/current/snapshot/rows.jsonl": `${'{"id":"a","text":"VPN"}\n'.repeat(200)}`,
  "data/current/snapshot/snapshot.json": '{"rows":200}\n',
  "models/current/manifest.json": '{"version":"1"}\n',
  "models/current/queue.onnx": "\u0000\u0001 not really a model",
};
const targets = ["data/current/snapshot", "models/current"];

let root: string;
let env: Record<string, string>;
let server: RunningS3;
let place: DvcPlace;

beforeAll(async () => {
  const python = await pythonEnv();
  root = await mkdtemp(join(tmpdir(), "dvc-s3-"));
  server = await startS3(python, root);
  env = { ...python, ...server.credentials };
  place = { root, env, targets };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await run("git", "init", "--quiet", "--initial-branch=main");
  await run("dvc", "init", "--quiet");
  await run("dvc", "config", "core.analytics", "false");
  await run("dvc", "add", "--quiet", ...targets);
}, 1_500_000);

afterAll(async () => {
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(program: string, ...args: string[]): Promise<void> {
  const answer = await runProcess(program, args, { cwd: root, env, timeoutMs: 120_000, output: "capture" });
  expect([program, args[0], answer.exitCode]).toEqual([program, args[0], 0]);
}

/** The remote's address is this machine's affair: .dvc/config.local, which DVC keeps out of git. Credentials are in the environment alone. */
async function configureRemote(endpoint: string, bucket = "bucket"): Promise<void> {
  const lines = [
    "[core]",
    "    remote = storage",
    `['remote "storage"']`,
    `    url = s3://${bucket}/dvc`,
    `    endpointurl = ${endpoint}`,
  ];
  await writeFile(join(root, ".dvc/config.local"), `${lines.join("\n")}\n`);
}

const s3: RunningS3["request"] = (...asked) => server.request(...asked);
const objectKeys = () => server.keys("dvc/files/");

const dropLocally = async () => {
  for (const path of [".dvc/cache", ".dvc/tmp", ...targets])
    await rm(join(root, path), { recursive: true, force: true });
};

test("without a remote nothing counts as pushed, and the message says how to name one", async () => {
  await expect(push(place)).rejects.toThrow("No DVC remote is configured");
  await expect(remoteHolds(place)).rejects.toThrow("dvc remote add --local");
});

test("a push ends when the remote was asked for every object and has it: 4 files, 2 folders", async () => {
  await configureRemote(server.url);
  expect((await remoteHolds(place)).missing).toHaveLength(6);
  expect(await push(place)).toEqual({ remote: "storage", url: "s3://bucket/dvc", checked: 6, missing: [] });
  expect(await objectKeys()).toHaveLength(6);
});

test("another machine pulls the same bytes", async () => {
  await dropLocally();
  await pull(place);
  for (const [path, content] of Object.entries(files))
    expect(await readFile(join(root, path), "utf8")).toBe(content);
});

test("no secret is in a file that git or DVC keeps", async () => {
  for (const name of [".dvc/config", ".dvc/config.local"])
    expect(await readFile(join(root, name), "utf8")).not.toContain(server.secret);
  const ignored = await readFile(join(root, ".dvc/.gitignore"), "utf8");
  expect(ignored).toContain("/config.local");
});

test("an object that went missing behind DVC's back is noticed, and pushed again", async () => {
  const rows = (await objectKeys()).find((name) => !name.endsWith(".dir"))!;
  await s3(`/${rows}`, "DELETE");
  const { missing } = await remoteHolds(place);
  expect(missing.map(({ why }) => why)).toEqual(["not there"]);
  expect((await push(place)).missing).toEqual([]);
  expect(await objectKeys()).toHaveLength(6);
});

test("an object that was cut short is noticed, and sent again whole", async () => {
  const cut = (await objectKeys()).find((name) => !name.endsWith(".dir"))!;
  const whole = await (await s3(`/${cut}`)).arrayBuffer();
  await s3(`/${cut}`, "PUT", "x");
  expect((await remoteHolds(place)).missing[0]?.why).toMatch(/^1 bytes there, \d+ here$/);
  expect((await push(place)).missing).toEqual([]);
  expect(await (await s3(`/${cut}`)).arrayBuffer()).toEqual(whole);
});

test("a pull from a remote that lacks an object fails and names it", async () => {
  const [gone = ""] = (await objectKeys()).filter((name) => !name.endsWith(".dir"));
  const content = await (await s3(`/${gone}`)).arrayBuffer();
  await s3(`/${gone}`, "DELETE");
  await dropLocally();
  await expect(pull(place)).rejects.toThrow(
    /s3:\/\/bucket\/dvc lacks (data|models)\/current\/.*go back to a commit/,
  );
  await s3(`/${gone}`, "PUT", content);
  await pull(place);
  expect(await readdir(join(root, "models/current"))).toEqual(["manifest.json", "queue.onnx"]);
});

test("a pull from a remote that lacks a folder's list names the folder", async () => {
  const gone = (await objectKeys()).find((name) => name.endsWith(".dir"))!;
  const content = await (await s3(`/${gone}`)).arrayBuffer();
  await s3(`/${gone}`, "DELETE");
  await dropLocally();
  await expect(pull(place)).rejects.toThrow(
    /s3:\/\/bucket\/dvc lacks (data\/current\/snapshot|models\/current)\. .*go back to a commit/,
  );
  await s3(`/${gone}`, "PUT", content);
  await pull(place);
  expect(await readdir(join(root, "models/current"))).toEqual(["manifest.json", "queue.onnx"]);
});

test("a bucket that is not there and a server that is away: a clear failure, nothing changed", async () => {
  await appendFile(join(root, "data/current/snapshot/rows.jsonl"), "{}\n");
  await run("dvc", "add", "--quiet", ...targets);
  await configureRemote(server.url, "no-such-bucket");
  await expect(push(place)).rejects.toThrow(/remote "storage".*does not hold|could not be asked/);
  await configureRemote(`http://127.0.0.1:${await freePort()}`);
  await expect(push(place)).rejects.toThrow("could not be asked what it holds");
  await expect(pull(place)).rejects.toThrow("could not be asked what it holds");
  expect(await readdir(join(root, "models/current"))).toEqual(["manifest.json", "queue.onnx"]);
});
