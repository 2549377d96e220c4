// The whole ring, with everything around it real: PostgreSQL with pgvector, an S3 server, an MLflow server, a bare git repository, a server that speaks
// GitHub's API, and the API in a process of its own, out of a checkout of that repository. A desk starts with the starter's model, trains its own, meets a
// topic that nobody had told the model of, and gets a better model without anybody's doing; then it goes back.
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import type { Database } from "../../shared/src/database/database.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { ticketText } from "../../shared/src/text/ticket-text.ts";
import { classificationReport } from "../../trainer/src/metrics/classification-report.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { modelDir } from "../http/create-real-app.ts";
import { runCommand } from "../http/run-command.ts";
import { killServerProcesses, type ServerProcess, startServerProcess } from "../http/start-server-process.ts";
import { pythonEnv } from "../training/python-env.ts";
import { startMlflow } from "../training/start-mlflow.ts";
import type { RunningProgram } from "../training/start-program.ts";
import { type RunningS3, startS3 } from "../training/start-s3.ts";
import { type Company, foundCompany } from "./found-company.ts";
import { type DeskTicket, readDeskTickets } from "./read-desk-tickets.ts";
import { runCheckoutScript } from "./run-checkout-script.ts";
import { type RunningGithub, startGithub } from "./start-github.ts";
import { writeTraffic } from "./write-traffic.ts";

vi.setConfig({ testTimeout: 2_400_000, hookTimeout: 600_000 });

const dayMs = 86_400_000;
/** The queue that the desk gives the new topic to: the starter's tickets have it with Hardware / Device. */
const topicQueue = "General Technical Support";

let company: Company;
let database: Database;
let embedder: Embedder;
let s3: RunningS3;
let mlflow: RunningProgram;
let github: RunningGithub;
let env: Record<string, string>;
let server: ServerProcess;
let api: string;

beforeAll(async () => {
  const python = await pythonEnv();
  company = await foundCompany((params) => {
    const { current, drift, watch } = params;
    // What takes weeks at a desk takes minutes here.
    drift.training.cool_down_days = 1e-6;
    current.tune = { ...current.tune, trials: 1, time_budget_s: 30 };
    // This desk's tickets are the starter's: none are borrowed beside them.
    delete current.snapshot.in_scope;
    current.snapshot.shares = { train: 0.5, calibration: 0.1, holdout: 0.4 };
    Object.assign(watch, { min_hours: 0, min_predictions: 100, label_age_hours: 1e-6 });
    Object.assign(watch.confirm, { poll_seconds: 0.2, answers: 2 });
    params.cycle.confirm_minutes = 0;
  });
  const url = await createTestDatabase();
  database = openNodePostgres({ url });
  embedder = await createWorkerEmbedder({ modelDir });
  s3 = await startS3(python, company.folder);
  mlflow = await startMlflow(python, company.folder);
  github = await startGithub();
  env = {
    ...python,
    ...s3.credentials,
    MODEL_DIR: modelDir,
    DATABASE_URL: url,
    GIT_REMOTE_URL: company.origin,
    DVC_REMOTE_URL: "s3://bucket/models",
    AWS_ENDPOINT_URL: s3.url,
    MLFLOW_TRACKING_URI: mlflow.url,
    SCRATCH_DIR: join(company.folder, "scratch"),
    GITHUB_REPOSITORY: "example/desk",
    GITHUB_TOKEN: "token-that-is-in-no-file",
    GITHUB_API_URL: github.url,
  };
  await mkdir(join(company.folder, "scratch"));
  // The deployment's own machine, where DVC knows the storage.
  server = startServerProcess(
    { DATABASE_URL: url, BUNDLE_DIR: "", BLIND_LABEL_PERCENT: "0" },
    company.checkout,
  );
  api = await server.url;
  env.API_URL = api;
  await fetch(`${api}/readyz`);
});

afterAll(async () => {
  killServerProcesses();
  await database?.close();
  await embedder?.close();
  await Promise.all([s3?.stop(), mlflow?.stop(), github?.stop()]);
  await company?.close();
});

test("a desk trains its first model, meets a topic that is new, gets a better model by itself, and goes back", async () => {
  const desk = await readDeskTickets();
  // What the desk closes later makes the second model better everywhere: the gate must be able to see that on the old holdout.
  const [usual, later] = cut(shuffled(desk.usual), 0.62);
  const topic = shuffled(desk.topic).map((ticket) => ({ ...ticket, queue: topicQueue }));
  const [told, untold] = cut(topic, 0.75);
  const now = Date.now();
  const starter = await model();

  // A first model of the desk's own: a person asks for it, and it must beat a linear baseline.
  await closeTickets(usual, now - 300 * dayMs, now - 60 * dayMs);
  const first = await cycle("--first");
  expect(first.reasons, first.stderr).toEqual([
    "training_begun",
    "trained",
    "gate_passed",
    "published",
    "waiting_for_rollout",
  ]);
  expect(github.dispatched).toHaveLength(1);
  const own = await deploy();
  expect(own.bundle_hash).not.toBe(starter.bundle_hash);
  await askLive(usual.slice(0, 120));
  const kept = await cycle();
  expect(kept.reasons, kept.stderr).toEqual(["rollout_seen", "kept", "no_new_window"]);
  expect(await champion()).toBe(own.version);

  // Four weeks as ever, then four in which a topic comes up that the model has never heard of.
  const { bundle, texts } = { bundle: await deployedBundle(), texts: desk.usual.map(textOf) };
  const asWritten = { bundle, embedder, texts, days: 28, perDay: 70 };
  await writeTraffic(database, { ...asWritten, from: now - 57 * dayMs, seed: 1 });
  const others = { texts: told.map(textOf), share: 0.45 };
  await writeTraffic(database, { ...asWritten, from: now - 29 * dayMs, others, seed: 2 });
  // The desk closes them with the queue that it sees fit, beside others.
  await closeTickets(shuffled([...told, ...later], "closed"), now - 28 * dayMs, now - dayMs);

  const before = await f1OfTopic(untold);
  const second = await cycle();
  expect(second.reasons, second.stderr).toEqual([
    "training_begun",
    "trained",
    "gate_passed",
    "published",
    "waiting_for_rollout",
  ]);
  const better = await deploy();
  await askLive([...usual.slice(0, 60), ...told.slice(0, 60)]);
  const stays = await cycle();
  expect(stays.reasons.slice(0, 2), stays.stderr).toEqual(["rollout_seen", "kept"]);
  const after = await f1OfTopic(untold);
  const rise = `${before.toFixed(3)} -> ${after.toFixed(3)}`;
  process.stderr.write(`F1 of ${topicQueue} on ${untold.length} tickets that no model was shown: ${rise}\n`);
  expect({ before, after, rise: after - before > 0.25 }).toMatchObject({ rise: true });
  expect(await champion()).toBe(better.version);

  // And back, thresholds and labels included.
  const rolledBack = await runCheckoutScript(company.checkout, "scripts/rollback", [], env);
  expect(rolledBack.code, rolledBack.stderr).toBe(0);
  expect(await deploy()).toEqual(own);
  expect(await f1OfTopic(untold)).toBe(before);
  const served = await database.rows(
    sql`select model_version, serving from model_deployments order by started_at`,
  );
  expect(served.map((row) => [row.model_version, row.serving])).toEqual([
    [starter.version, false],
    [own.version, false],
    [better.version, false],
    [own.version, true],
  ]);
  const quarantined = await database.rows(sql`select bundle_hash from quarantined_bundles`);
  expect(quarantined).toEqual([{ bundle_hash: better.bundle_hash }]);
});

/** `trainer cycle`, as the CronJob runs it. */
async function cycle(...args: string[]) {
  const ran = await runCommand("trainer/src/cli.ts", ["cycle", ...args], env, "", company.image);
  const summary = ran.stdout ? JSON.parse(ran.stdout) : null;
  const reasons: string[] =
    summary?.decisions.map(({ reasonCode }: { reasonCode: string }) => reasonCode) ?? [];
  return { ...ran, summary, reasons };
}

/** What the company does where no workflow does it: takes what the branch names into the checkout, and tells the running API. */
async function deploy() {
  const taken = await runCheckoutScript(company.checkout, "scripts/take-model", [], env);
  expect(taken.code, taken.stderr).toBe(0);
  return model();
}

/** All that tells one model's behaviour from another's: hash, labels, metrics, and the manifest's thresholds. */
async function model() {
  const { version, bundle_hash, queues } = await (await fetch(`${api}/model`)).json();
  const folder = await bundleFolder();
  const { thresholds, calibration } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  return { version, bundle_hash, queues, thresholds, calibration } as const;
}

async function bundleFolder(): Promise<string> {
  const own = join(company.checkout, "models/current");
  return readFile(join(own, "manifest.json")).then(
    () => own,
    () => join(company.checkout, "models/starter"),
  );
}

async function deployedBundle() {
  return loadBundle(readBundleFolder(await bundleFolder()));
}

/** Which bundle MLflow's registry calls champion. */
async function champion(): Promise<string | undefined> {
  const address = `${mlflow.url}/api/2.0/mlflow/registered-models/alias?name=support-it-agent-current&alias=champion`;
  const { model_version } = await (await fetch(address)).json();
  return model_version?.tags?.find(({ key }: { key: string }) => key === "bundle_version")?.value;
}

/** Questions through the running API, each with a row. */
async function askLive(tickets: readonly DeskTicket[]) {
  return classify(tickets.map(textOf), true);
}

async function classify(texts: readonly string[], record: boolean): Promise<{ predicted_queue: string }[]> {
  const response = await fetch(`${api}/classify`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ texts, record }),
  });
  expect(response.status).toBe(200);
  return (await response.json()).results;
}

/** F1 of the topic's queue on tickets of the topic that nobody has told anybody of. */
async function f1OfTopic(tickets: readonly DeskTicket[]): Promise<number> {
  const predicted = (await classify(tickets.map(textOf), false)).map(
    ({ predicted_queue }) => predicted_queue,
  );
  const truth = tickets.map(({ queue }) => queue);
  const report = classificationReport(truth, predicted, [...new Set([...truth, ...predicted])]);
  return report.classes[topicQueue]?.f1 ?? 0;
}

/** Tickets that the desk's tool has closed, with their last queue, spread evenly over the time. */
async function closeTickets(tickets: readonly DeskTicket[], from: number, to: number): Promise<void> {
  const rows = tickets.map((ticket, at) => ({
    ...ticket,
    at: new Date(from + ((to - from) * at) / tickets.length).toISOString(),
  }));
  await database.rows(
    sql`insert into tickets (id, source, external_id, subject, body, queue, urgency, language, occurred_at)
      select gen_random_uuid(), 'desk', id, subject, body, queue, urgency, language, at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id text, subject text, body text, queue text, urgency text, language text, at timestamptz)`,
    { deadlineMs: 60_000 },
  );
}

function textOf({ subject, body }: DeskTicket): string {
  return ticketText({ subject, body });
}

function cut<Item>(items: readonly Item[], share: number): [Item[], Item[]] {
  const at = Math.round(items.length * share);
  return [items.slice(0, at), items.slice(at)];
}

/** In an order that has nothing to do with the files', nor with that of another `seed`, and is the same every time. */
function shuffled<Item extends { id: string }>(items: readonly Item[], seed = ""): Item[] {
  const key = ({ id }: Item) => createHash("sha256").update(`${seed} ${id}`).digest("hex");
  return items
    .map((item) => ({ item, at: key(item) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ item }) => item);
}
