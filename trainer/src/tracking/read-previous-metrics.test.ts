import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProcess } from "../processes/run-process.ts";
import { readPreviousMetrics } from "./read-previous-metrics.ts";

let root: string;
const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), GIT_CONFIG_NOSYSTEM: "1" };
const git = (...args: string[]) =>
  runProcess("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    cwd: root,
    env,
    timeoutMs: 20_000,
    output: "capture",
  });

async function commit(content: string): Promise<void> {
  await writeFile(join(root, "metrics.json"), content);
  await git("add", "metrics.json");
  await git("commit", "--quiet", "-m", "a bundle");
}

const metrics = (version: string, macroF1: number) => {
  const figures = { rows: 500, accuracy: 0.8, macroF1, ece: 0.05, more: "is passed over" };
  return JSON.stringify({ bundle: { version }, holdout: { queue: figures, urgency: null } });
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "previous-"));
  await git("init", "--quiet");
  await commit(metrics("one", 0.7));
  await commit("{ no json");
  await commit(metrics("two", 0.75));
  await commit(metrics("two", 0.76));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const read = (version: string, file = join(root, "metrics.json")) =>
  readPreviousMetrics({ file, version, env, root });

test("the bundle before is the last one in git that has another version", async () => {
  expect(await read("three")).toMatchObject({ version: "two", holdout: { queue: { macroF1: 0.76 } } });
  expect(await read("two")).toMatchObject({ version: "one", holdout: { queue: { macroF1: 0.7 } } });
});

test("no history, no repository, a file elsewhere: there is none before", async () => {
  expect(await read("two", join(root, "other.json"))).toBeNull();
  expect(await read("two", "/elsewhere/metrics.json")).toBeNull();
  const outside = { file: join(tmpdir(), "x.json"), version: "two", env, root: tmpdir() };
  expect(await readPreviousMetrics(outside)).toBeNull();
});
