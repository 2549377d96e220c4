import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateKey } from "../../api/src/auth/generate-key.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { type NeonRelay, startNeonRelay } from "../database/start-neon-relay.ts";
import { buildEdgeBundle, type EdgeBundle } from "./build-edge-bundle.ts";
import { createRealApp, modelDir, starterBundle } from "./create-real-app.ts";

let folder: string;
let bundle: EdgeBundle;
let relay: NeonRelay;
let runtime: Worker;
let adminKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edge-"));
  bundle = await buildEdgeBundle(fileURLToPath(new URL("edge-program.ts", import.meta.url)));
  await writeFile(
    join(folder, "edge.mjs"),
    `const ${nodeGlobals.map((name) => `${name} = undefined`)};
${bundle.text}`,
  );
  relay = await startNeonRelay();
  const databaseUrl = await createTestDatabase();
  await writeNatively(databaseUrl);
  runtime = await startRuntime(databaseUrl);
});

afterAll(async () => {
  await runtime?.terminate();
  await relay?.stop();
  await rm(folder, { recursive: true });
});

/** What only Node has: hidden from the bundle, and not deleted, because the fetch of the test's own Node uses some of it. */
const nodeGlobals = ["process", "Buffer", "global", "setImmediate", "clearImmediate", "require", "module"];

/** Articles put in by a server on Node: its vectors are of the native runtime. */
async function writeNatively(databaseUrl: string): Promise<void> {
  const database = openNodePostgres({ url: databaseUrl });
  const real = await createRealApp(database);
  for (const [title, content] of [
    [
      "The VPN does not connect",
      "1. Restart the VPN client.\n2. Check that the Internet works without the VPN.",
    ],
    ["Paper jam in the printer", "1. Open the tray and pull the sheet out slowly."],
  ]) {
    const body = JSON.stringify({ title, content });
    const response = await real.app.request("/documents", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(response.status).toBe(201);
  }
  await real.close();
  await database.close();
}

async function startRuntime(databaseUrl: string): Promise<Worker> {
  const { key, hash } = await generateKey();
  adminKey = key;
  const names = await readdir(starterBundle);
  const worker = new Worker(new URL("edge-runtime.fixture.mjs", import.meta.url), {
    workerData: {
      firstAdminKeySha256: hash,
      bundleUrl: pathToFileURL(join(folder, "edge.mjs")).href,
      databaseUrl,
      fetchEndpoint: relay.options.fetchEndpoint,
      model: await readFile(join(modelDir, "model.safetensors")),
      tokenizerJson: JSON.parse(await readFile(join(modelDir, "tokenizer.json"), "utf8")),
      wasmBinary: await readFile(new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))),
      files: Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await readFile(join(starterBundle, name))])),
      ),
    },
  });
  const [message] = await once(worker, "message");
  expect(message).toEqual({ ready: "undefined" });
  return worker;
}

async function post(path: string, body: unknown, key = adminKey) {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify(body),
  };
  runtime.postMessage({ url: `https://edge.example${path}`, init });
  const [{ status, text, lines }] = await once(runtime, "message");
  return { status, body: JSON.parse(text), lines };
}

test("the bundle for a neutral platform imports nothing, of Node's least of all", () => {
  expect(bundle.imports).toEqual([]);
  expect(bundle.text).not.toMatch(
    /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](?:node:|fs|path|module|worker_threads|crypto)\b/,
  );
});

test("without any global of Node, WebAssembly alone classifies, and searches the vectors that the native runtime wrote", async () => {
  const classified = await post("/classify", { texts: ["Mon VPN ne marche pas", "The printer jams"] });
  expect(classified.body).toMatchObject({
    results: [
      { predicted_queue: "Network / Infrastructure", language: "fr" },
      { predicted_queue: "Hardware / Device" },
    ],
  });
  const found = await post("/search", { query: "the vpn will not connect" });
  expect(found.body.results[0]).toMatchObject({ title: "The VPN does not connect", relevance: "high" });
  const asked = await post("/ask", { question: "My VPN does not connect" });
  expect(asked).toMatchObject({
    status: 200,
    body: { action: "answer", degraded: [], generated_by: "extractive" },
  });
  expect(asked.body.prediction_id).toMatch(/^[0-9a-f-]{36}$/);
});

test("errors are problems at the edge too", async () => {
  expect(await post("/ask", { question: "VPN" }, "")).toMatchObject({
    status: 401,
    body: { code: "key_required" },
  });
  expect(await post("/ask", { question: "" })).toMatchObject({ status: 400, body: { code: "empty_text" } });
  expect(await post("/nothing", {})).toMatchObject({ status: 404, body: { code: "route_not_found" } });
});
