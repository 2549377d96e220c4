// A training is written down in a real MLflow, embedded and on a server on loopback, and read back through its REST interface.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Bundle, loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { exampleEvaluation } from "../../trainer/src/stages/evaluate/report/example-evaluation.ts";
import { writeReport } from "../../trainer/src/stages/evaluate/write-report.ts";
import { type LogRunOptions, logRun } from "../../trainer/src/tracking/log-run.ts";
import { readRunFile } from "../../trainer/src/tracking/run-file.ts";
import { runTrackingScript } from "../../trainer/src/tracking/run-tracking-script.ts";
import { setAlias } from "../../trainer/src/tracking/set-alias.ts";
import { pythonEnv, root } from "./python-env.ts";
import { startMlflow } from "./start-mlflow.ts";
import { freePort, type RunningProgram } from "./start-program.ts";

// Python imports mlflow for each call: seconds, on a busy machine many.
vi.setConfig({ testTimeout: 600_000 });

const dataSet = "starter";
const bundleFolder = join(root, "models/starter");

let folder: string;
let bundle: Bundle;
let env: Record<string, string>;
let server: RunningProgram;

beforeAll(async () => {
  env = await pythonEnv();
  folder = await mkdtemp(join(tmpdir(), "mlflow-"));
  bundle = await loadBundle(readBundleFolder(bundleFolder));
  const { version } = bundle.manifest;
  await writeReport(join(folder, "evaluation"), exampleEvaluation());
  const metrics = {
    bundle: { version, hash: bundle.hash, dataMd5: bundle.manifest.lineage.data_md5 },
    holdout: { queue: { accuracy: 0.77, classes: { "Network / Infrastructure": { f1: 0.82 } } } },
    recent: null,
  };
  await writeFile(join(folder, "metrics.json"), JSON.stringify(metrics));
  await mkdir(join(folder, "snapshot"));
  const row = { id: "a", text: "a text that stays here", created_at: "2026-03-01T10:00:00Z" };
  const later = { ...row, created_at: "2026-10-31T10:00:00Z" };
  await writeFile(join(folder, "snapshot/rows.jsonl"), `${JSON.stringify(later)}\n${JSON.stringify(row)}\n`);
  await writeFile(join(folder, "params.yaml"), "starter: { seed: 1 }\ncut: { seed: 1 }\n");
  await writeFile(join(folder, "best.json"), JSON.stringify({ queue: { max_depth: 3 } }));
  server = await startServer("server");
}, 1_500_000);

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const startServer = (name: string, port?: number) =>
  startMlflow(env, folder, { name, ...(port ? { port } : {}) });

const place = (more: Record<string, string>, name: string) => ({
  root,
  env: { ...env, ...more },
  storeFolder: join(folder, name),
});

function options(more: Record<string, string>, name: string): LogRunOptions {
  return {
    ...place(more, `${name}-store`),
    dataSet,
    bundleFolder,
    metricsFile: join(folder, "metrics.json"),
    evaluationFolder: join(folder, "evaluation"),
    snapshotFolder: join(folder, "snapshot"),
    paramsFile: join(folder, "params.yaml"),
    bestParamsFile: join(folder, "best.json"),
    runFile: join(folder, `${name}-run.json`),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: MLflow's REST answers, read field by field below
async function rest(url: string, path: string, body?: unknown): Promise<any> {
  const init = body
    ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    : {};
  const answer = await fetch(`${url}/api/2.0/mlflow/${path}`, init);
  return answer.json();
}

async function experimentOf(name: string): Promise<string> {
  const answer = await rest(server.url, `experiments/get-by-name?experiment_name=${name}`);
  return answer.experiment.experiment_id;
}

const pairs = (list: { key: string; value: unknown }[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, value]));

async function fetchBundle(alias: string, from: LogRunOptions): Promise<Bundle> {
  const out = join(folder, `fetched-${alias}`);
  const { exitCode } = await runTrackingScript(
    "fetch_bundle",
    ["--data-set", dataSet, "--alias", alias, "--out", out],
    from,
  );
  expect(exitCode).toBe(0);
  return loadBundle(readBundleFolder(out));
}

test("on a server: run, tags, model version and both aliases read back, and the bundle loads from the registry", async () => {
  const secret = "token-that-nobody-may-see";
  const there = options({ MLFLOW_TRACKING_URI: server.url, MLFLOW_TRACKING_TOKEN: secret }, "server");
  const run = await logRun(there);
  const { version } = bundle.manifest;
  expect(run).toMatchObject({
    bundle_version: version,
    bundle_hash: bundle.hash,
    model_version: "1",
    store: server.url,
  });
  expect(await readFile(there.runFile, "utf8")).not.toContain(secret);

  const { info, data } = (await rest(server.url, `runs/get?run_id=${run.run_id}`)).run;
  expect(info).toMatchObject({ status: "FINISHED", run_name: version });
  const tags = pairs(data.tags);
  expect(tags).toMatchObject({
    data_set: dataSet,
    bundle_version: version,
    dvc_md5: bundle.manifest.lineage.data_md5,
    window: "2026-03-01/2026-10-31",
  });
  expect(tags.snapshot_sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(tags.git_commit).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
  expect(pairs(data.metrics)).toMatchObject({
    "holdout.queue.accuracy": 0.77,
    "holdout.queue.classes.Network / Infrastructure.f1": 0.82,
  });
  expect(pairs(data.params)).toMatchObject({
    "best.queue.max_depth": "3",
    seed: String(bundle.manifest.lineage.seed),
  });
  const { files } = await rest(server.url, `artifacts/list?run_id=${run.run_id}`);
  expect(files.map(({ path }: { path: string }) => path).sort()).toEqual([
    "best.json",
    "metrics.json",
    "report.html",
  ]);

  const name = "support-it-agent-starter";
  const registered = (await rest(server.url, `registered-models/alias?name=${name}&alias=challenger`))
    .model_version;
  expect(registered).toMatchObject({ version: "1", run_id: run.run_id });
  expect(pairs(registered.tags)).toMatchObject({
    bundle_version: version,
    dvc_md5: bundle.manifest.lineage.data_md5,
  });
  expect((await fetchBundle("challenger", there)).hash).toBe(bundle.hash);

  expect(await setAlias({ ...there, bundleVersion: version, alias: "champion" })).toBe("1");
  const model = (await rest(server.url, `registered-models/get?name=${name}`)).registered_model;
  expect(model.aliases).toEqual([{ alias: "champion", version: "1" }]);
  await expect(setAlias({ ...there, bundleVersion: "no-such", alias: "champion" })).rejects.toThrow(
    "The registry is as it was",
  );
});

test("the report that leaves the machine has no ticket's text, unless that is asked for", async () => {
  const run = await readRunFile(join(folder, "server-run.json"));
  const path = `/get-artifact?path=report.html&run_uuid=${run?.run_id}`;
  const report = await (await fetch(server.url + path)).text();
  expect(report).toContain("How good is the model");
  expect(report).not.toContain("of somebody");
});

test("a bundle that was logged in this store is not logged there again", async () => {
  const first = await readRunFile(join(folder, "server-run.json"));
  const again = await logRun(options({ MLFLOW_TRACKING_URI: server.url }, "server"));
  expect(again).toEqual(first);
});

test("a call that was killed after it had registered the bundle: the next one takes that version, and there is no second", async () => {
  const here = options({ MLFLOW_TRACKING_URI: server.url }, "server");
  const first = await readRunFile(here.runFile);
  await rm(here.runFile);
  const again = await logRun(here);
  expect(again).toMatchObject({ run_id: first?.run_id, model_version: first?.model_version });
  const answer = await rest(server.url, `model-versions/search?filter=name%3D%27${again.model_name}%27`);
  expect(answer.model_versions).toHaveLength(1);
});

test("in the embedded store: the same, with no server anywhere", async () => {
  const here = options({}, "embedded");
  const run = await logRun(here);
  expect(run).toMatchObject({ store: "embedded", model_version: "1", bundle_hash: bundle.hash });
  expect(await setAlias({ ...here, bundleVersion: bundle.manifest.version, alias: "champion" })).toBe("1");
  expect((await fetchBundle("champion", here)).hash).toBe(bundle.hash);
});

test("a server that is away: the training's result stays, and the message says how to log it later", async () => {
  const port = await freePort();
  const away = options({ MLFLOW_TRACKING_URI: `http://user:hunter2@127.0.0.1:${port}` }, "away");
  const failed = logRun(away);
  await expect(failed).rejects.toThrow(
    /is trained and whole in .*models\/starter.*log-run --data-set starter/s,
  );
  await expect(failed).rejects.not.toThrow("hunter2");
  expect(await readRunFile(away.runFile)).toBeNull();
  expect((await loadBundle(readBundleFolder(bundleFolder))).hash).toBe(bundle.hash);
});

test("a server killed in mid-log: no version, no alias; the next call closes the open run and makes good", async () => {
  const port = Number(new URL(server.url).port);
  // In between: it passes requests on until the first file of the bundle comes, and then kills the server.
  let files = 0;
  const between: Server = createServer((incoming, outgoing) => {
    const isFile = incoming.method === "PUT" && incoming.url?.includes("/models/");
    if (isFile && ++files === 2) {
      void server.stop();
      return incoming.socket.destroy();
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    return incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  const uri = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
  const cut = {
    ...options({ MLFLOW_TRACKING_URI: uri, MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" }, "cut"),
    dataSet: "cut",
  };
  try {
    await expect(logRun(cut)).rejects.toThrow("is trained and whole");
    expect(files).toBeGreaterThanOrEqual(2);

    server = await startServer("server", port);
    const search = { experiment_ids: [await experimentOf("support-it-agent-cut")] };
    const before = (await rest(server.url, "runs/search", search)).runs;
    expect(before.map(({ info }: { info: { status: string } }) => info.status)).toEqual(["RUNNING"]);
    const versions = await rest(server.url, "model-versions/search?filter=name%3D%27support-it-agent-cut%27");
    expect(versions.model_versions ?? []).toEqual([]);

    files = 100;
    const run = await logRun(cut);
    const after = (await rest(server.url, "runs/search", search)).runs;
    const statuses = after.map(({ info }: { info: { run_id: string; status: string } }) => [
      info.run_id === run.run_id,
      info.status,
    ]);
    expect(statuses.sort()).toEqual([
      [false, "FAILED"],
      [true, "FINISHED"],
    ]);
    const alias = await rest(
      server.url,
      "registered-models/alias?name=support-it-agent-cut&alias=challenger",
    );
    expect(alias.model_version.run_id).toBe(run.run_id);
  } finally {
    between.close();
    between.closeAllConnections();
  }
});
