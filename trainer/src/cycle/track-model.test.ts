// A program called `python` that never ends stands in for a script that waits for MLflow.
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nameChampion, trackCandidate } from "./track-model.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const dataSet = "starter";
let folder: string;
let context: Parameters<typeof trackCandidate>[0];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "track-model-"));
  const env = {
    PATH: [folder, process.env.PATH].join(delimiter),
    MLFLOW_TRACKING_URI: "http://nobody.invalid",
  };
  context = { root, env, log: { info: () => {}, step: (_, work) => work() } };
});
afterEach(() => rm(folder, { recursive: true }));

async function writePython(lines: string): Promise<void> {
  await writeFile(join(folder, "python"), `#!/bin/sh\n${lines}\n`);
  await chmod(join(folder, "python"), 0o755);
}

test.each([
  ["the candidate", (signal: AbortSignal) => trackCandidate(context, dataSet, root, signal)],
  ["the champion", (signal: AbortSignal) => nameChampion(context, dataSet, "2026.01.01", signal)],
])(
  "a stopped run stops the script that writes %s down, and is not told that MLflow is away",
  async (_, track) => {
    const started = join(folder, "started");
    await writePython(`echo $$ > ${started}\nexec sleep 600`);
    const stopping = new AbortController();
    const tracked = track(stopping.signal);
    const answer = expect(tracked).rejects.toThrow("the lease is lost");
    const pid = await vi.waitFor(async () => Number.parseInt(await readFile(started, "utf8"), 10), 10_000);
    stopping.abort(new Error("the lease is lost"));
    await answer;
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  },
);

test("MLflow being away is an answer, and says how to log the run later", async () => {
  await writePython("exit 1");
  const tracked = await trackCandidate(context, dataSet, root, new AbortController().signal);
  expect(tracked).toEqual({ runId: null, why: expect.stringContaining("log-run --data-set starter") });
});
