// A worker thread that takes away the process, loads the bundle, and answers requests: { url, init } -> { status, text }.
import { parentPort, workerData } from "node:worker_threads";

const { bundleUrl, databaseUrl, fetchEndpoint, model, tokenizerJson, wasmBinary, files } = workerData;
const port = parentPort;
delete globalThis.process;
delete globalThis.global;

const { createEdgeApp, openNeon } = await import(bundleUrl);
const lines = [];
const app = await createEdgeApp({
  model,
  tokenizerJson,
  wasmBinary,
  readBundle: async (name) => files[name],
  database: openNeon({ url: databaseUrl, transport: "http", relay: { fetchEndpoint } }),
  firstAdminKeySha256: workerData.firstAdminKeySha256,
  writeLog: (line) => lines.push(line),
});
port.on("message", async ({ url, init }) => {
  const response = await app.fetch(new Request(url, init));
  port.postMessage({ status: response.status, text: await response.text(), lines: lines.splice(0) });
});
port.postMessage({ ready: typeof process });
