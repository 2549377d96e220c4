import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { type PostgresServer, startPostgres } from "../database/start-postgres.ts";
import { modelDir } from "./create-real-app.ts";
import { putBundle, renameAll } from "./put-bundle.ts";
import { killServerProcesses, type ServerProcess, startServerProcess } from "./start-server-process.ts";

let postgres: PostgresServer;
let database: Database;
let bundleDir: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = openNodePostgres({ url: postgres.url, connectTimeoutMs: 1_000 });
  await migrate(database);
});

beforeEach(async () => {
  await database.rows(sql`truncate model_deployments, prediction_logs, quarantined_bundles cascade`);
  bundleDir = await mkdtemp(join(tmpdir(), "reload-"));
});

afterEach(async () => {
  killServerProcesses();
  await rm(bundleDir, { recursive: true });
});

afterAll(async () => {
  await database.close();
  await postgres.end();
});

/** A machine that does other things, too, takes its time. */
const patiently = { timeout: 30_000 };

const start = (env: Record<string, string> = {}) =>
  startServerProcess({ DATABASE_URL: postgres.url, BUNDLE_DIR: bundleDir, ...env });

const get = async (server: ServerProcess, path: string) => (await fetch(`${await server.url}${path}`)).json();

const post = async (server: ServerProcess, path: string, body: unknown) =>
  (
    await fetch(`${await server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).json();

const served = async (server: ServerProcess) => (await get(server, "/version")).bundle_hash;

/** What the database says of who serves and served, oldest first. */
const recorded = () =>
  database.rows(sql`select bundle_hash, model_version, serving from model_deployments order by started_at`);

const outcomes = async (server: ServerProcess) =>
  (await (await fetch(`${await server.url}/metrics`)).text())
    .split("\n")
    .filter((line) => line.startsWith("support_it_agent_model_"));

/** Whether the process has a handler for SIGHUP yet: signal 1 is the lowest bit of the mask. */
const listensToSighup = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number.parseInt(/SigCgt:\s+\S*(\S)/.exec(status)?.[1] ?? "0", 16) & 1) === 1;
};

test("on SIGHUP the bundle that lies there now serves, with its version, labels and thresholds, and the database says so", async () => {
  const first = await putBundle(bundleDir, renameAll("first", false));
  const server = start();
  expect(await served(server)).toBe(first);
  await expect
    .poll(recorded, patiently)
    .toEqual([{ bundle_hash: first, model_version: "first", serving: true }]);

  const second = await putBundle(bundleDir, renameAll("second", true));
  expect(await served(server)).toBe(first);
  server.child.kill("SIGHUP");
  await expect.poll(() => served(server), patiently).toBe(second);
  expect(await get(server, "/model")).toMatchObject({ version: "second", bundle_hash: second });
  expect(await get(server, "/readyz")).toEqual({ status: "ready", model_version: "second" });
  expect((await get(server, "/queues")).queues[0]).toMatch(/ \(second\)$/);
  expect(await post(server, "/classify", { texts: ["VPN"] })).toMatchObject({
    model_version: "second",
    results: [{ predicted_queue: expect.stringMatching(/ \(second\)$/), queue_abstains: true }],
  });
  await expect.poll(recorded, patiently).toEqual([
    { bundle_hash: first, model_version: "first", serving: false },
    { bundle_hash: second, model_version: "second", serving: true },
  ]);
  expect((await get(server, "/monitoring/deployments")).deployments).toMatchObject([
    { bundle_hash: second, serving: true, ended_at: null },
    { bundle_hash: first, serving: false, ended_at: expect.any(String) },
  ]);
  expect(await outcomes(server)).toEqual([
    `support_it_agent_model_info{version="second",hash="${second}"} 1`,
    'support_it_agent_model_reloads_total{outcome="swapped"} 1',
  ]);
  await expect.poll(() => server.log().map(({ msg }) => msg)).toContain("the model before is freed");
});

test("requests that are at work while models are swapped are each answered by one of them, labels and thresholds included", async () => {
  const bundles = ["even", "odd"].map((name, index) => renameAll(name, index === 1));
  await putBundle(bundleDir, bundles[0]!);
  const server = start();
  await server.url;
  const seen = new Set<string>();
  let isFiring = true;
  const fire = async () => {
    while (isFiring) {
      const texts = Array.from({ length: 40 }, (_, index) => `The printer jams on floor ${index}`);
      const { model_version, results, ...other } = await post(server, "/classify", { texts, record: true });
      expect(other).toEqual({ degraded: [] });
      seen.add(model_version);
      for (const { predicted_queue, queue_abstains, queue_probabilities, prediction_id } of results) {
        expect(predicted_queue).toContain(`(${model_version})`);
        expect(Object.keys(queue_probabilities).every((queue) => queue.endsWith(`(${model_version})`))).toBe(
          true,
        );
        expect(queue_abstains).toBe(model_version === "odd");
        expect(prediction_id).not.toBeNull();
      }
      const answer = await post(server, "/ask", { question: "Mon VPN ne marche pas" });
      seen.add(answer.model_version);
      expect(answer.predicted_queue).toContain(`(${answer.model_version})`);
    }
  };
  const firing = Promise.all([fire(), fire(), fire()]);
  for (let round = 1; round <= 6; round += 1) {
    seen.clear();
    const hash = await putBundle(bundleDir, bundles[round % 2]!);
    server.child.kill("SIGHUP");
    await expect.poll(() => served(server), patiently).toBe(hash);
    await expect.poll(() => [...seen], patiently).toContain(round % 2 ? "odd" : "even");
  }
  isFiring = false;
  await firing;
  const mixed = sql`select count(*)::int as n, count(*) filter (where predicted_queue not like '%(' || model_version || ')')::int as mixed
    from prediction_logs`;
  expect((await database.rows(mixed))[0]).toMatchObject({ mixed: 0 });
  await expect
    .poll(() => server.log().filter(({ msg }) => msg === "the model before is freed").length, patiently)
    .toBe(6);
  expect(server.log().filter(({ level }) => level === "error")).toEqual([]);
});

test.each<[string, RegExp, () => Promise<unknown>]>([
  [
    "with a changed file",
    /queue\.onnx is not the file/,
    () => appendFile(join(bundleDir, "queue.onnx"), "x"),
  ],
  ["without a file", /no readable scope\.onnx/, () => rm(join(bundleDir, "scope.onnx"))],
  ["without a manifest", /no readable manifest\.json/, () => rm(join(bundleDir, "manifest.json"))],
  [
    "with half a manifest",
    /manifest\.json is no JSON/,
    () => writeFile(join(bundleDir, "manifest.json"), '{"format": 2, "ver'),
  ],
  [
    "of other features",
    /was trained on features/,
    () =>
      putBundle(bundleDir, (manifest) => {
        manifest.feature_hash = "0".repeat(64);
      }),
  ],
  [
    "of another embedder",
    /the loaded embedder is/,
    () =>
      putBundle(bundleDir, (manifest) => {
        manifest.embedder = "another";
      }),
  ],
])(
  "a bundle %s is refused, the log names the next step, and the one before goes on; whole again, it is taken",
  async (_, reason, spoil) => {
    const first = await putBundle(bundleDir, renameAll("first", false));
    const server = start();
    await server.url;
    await spoil();
    server.child.kill("SIGHUP");
    await expect
      .poll(() => server.log().filter(({ level }) => level === "error"), patiently)
      .toMatchObject([
        {
          reason: expect.stringMatching(reason),
          model_version: "first",
          msg: expect.stringContaining("SIGHUP again"),
        },
      ]);
    expect(await served(server)).toBe(first);
    expect(await post(server, "/classify", { texts: ["VPN"] })).toMatchObject({ model_version: "first" });
    expect(await outcomes(server)).toContain('support_it_agent_model_reloads_total{outcome="refused"} 1');

    const second = await putBundle(bundleDir, renameAll("second", false));
    server.child.kill("SIGHUP");
    await expect.poll(() => served(server), patiently).toBe(second);
  },
);

test("signals that come while one reload is under way, or before there is anything to reload, are one more reload", async () => {
  await putBundle(bundleDir, renameAll("first", false));
  const server = start();
  await expect.poll(() => listensToSighup(server.child.pid!), { interval: 5, timeout: 30_000 }).toBe(true);
  server.child.kill("SIGHUP");
  await server.url;
  const reloads = () => server.log().filter(({ msg }) => /serves/.test(String(msg))).length;
  await expect.poll(reloads, patiently).toBe(1);
  for (let signal = 0; signal < 20; signal += 1) {
    server.child.kill("SIGHUP");
    await sleep(2);
  }
  const second = await putBundle(bundleDir, renameAll("second", false));
  server.child.kill("SIGHUP");
  await expect.poll(() => served(server), patiently).toBe(second);
  await sleep(500);
  expect(reloads()).toBeLessThan(12);
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
});

test("a database that is away at the moment of the reload learns of it when it is back", async () => {
  const first = await putBundle(bundleDir, renameAll("first", false));
  const server = start();
  await server.url;
  await expect.poll(recorded, patiently).toHaveLength(1);
  await postgres.kill9();
  const second = await putBundle(bundleDir, renameAll("second", false));
  server.child.kill("SIGHUP");
  await expect.poll(() => served(server), patiently).toBe(second);
  await postgres.restart();
  await expect
    .poll(() => recorded().catch(() => []), patiently)
    .toMatchObject([
      { bundle_hash: first, serving: false },
      { bundle_hash: second, serving: true },
    ]);
});

test("after kill -9 in the middle of a reload the next start serves what lies there whole", async () => {
  await putBundle(bundleDir, renameAll("first", false));
  const server = start();
  await server.url;
  const second = await putBundle(bundleDir, renameAll("second", false));
  server.child.kill("SIGHUP");
  await sleep(20);
  server.child.kill("SIGKILL");
  expect(await server.ended).toBe("SIGKILL");
  const next = start();
  expect(await served(next)).toBe(second);
  await expect
    .poll(recorded, patiently)
    .toContainEqual({ bundle_hash: second, model_version: "second", serving: true });
});

test("a terminal that closes ends the server that was started in it, as it ends other programs", async () => {
  await putBundle(bundleDir, renameAll("first", false));
  const program = fileURLToPath(new URL("../../api/src/server.ts", import.meta.url));
  const hangUp = fileURLToPath(new URL("hang-up.py", import.meta.url));
  const child = spawn("python3", [hangUp, "Support IT Agent:", process.execPath, program], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      MODEL_DIR: modelDir,
      EMBEDDER_WORKERS: "1",
      DATABASE_URL: postgres.url,
      BUNDLE_DIR: bundleDir,
    },
  });
  expect(await text(child.stdout)).toBe("exit 129\n");
});
