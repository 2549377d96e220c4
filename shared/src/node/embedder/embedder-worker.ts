import { open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { batchTokens } from "../../embedder/batch-tokens.ts";
import { buildMinilmOnnx } from "../../embedder/build-minilm-onnx.ts";
import { createTextEncoder } from "../../embedder/create-text-encoder.ts";
import type { RuntimeFamily } from "../../embedder/describe-maker.ts";
import { embedWithSession } from "../../embedder/embed-with-session.ts";
import { type MinilmSession, openMinilmSession } from "../../embedder/open-minilm-session.ts";
import { openWasmSession } from "../../embedder/open-wasm-session.ts";
import { readSafetensors } from "../../embedder/read-safetensors.ts";
import type { ModelFiles } from "./find-model-files.ts";
import type { WorkerJob, WorkerReport, WorkerStart } from "./worker-messages.ts";

// The program of a worker thread: loads the network, says "ready", then answers one job after the other.

const { files, runtime } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error("embedder-worker.ts is the program of a worker thread.");
const report = (message: WorkerReport, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const encode = createTextEncoder(JSON.parse(await readFile(files.tokenizer, "utf8")));
const { session, family, fallback } = await openSession(files, runtime);
const maxBatchTokens = batchTokens(files.dtype);

port.on("message", async (job: WorkerJob) => {
  if (job.kind === "close") {
    await session.release();
    port.close();
    return;
  }
  try {
    const vectors = await embedWithSession(session, encode, job.texts, maxBatchTokens);
    report({ kind: "embedded", vectors }, [vectors.buffer]);
  } catch (error) {
    report({ kind: "failed", message: messageOf(error) });
  }
});
report({ kind: "ready", runtime: family, ...(fallback === undefined ? {} : { fallback }) });

type OpenSession = { session: MinilmSession; family: RuntimeFamily; fallback?: string };

async function openSession(model: ModelFiles, wanted: WorkerStart["runtime"]): Promise<OpenSession> {
  if (wanted === "wasm") return { session: await openWasm(model), family: "wasm" };
  if (wanted === "native") return { session: await openNative(model), family: "native" };
  try {
    return { session: await openNative(model), family: "native" };
  } catch (error) {
    return { session: await openWasm(model), family: "wasm", fallback: messageOf(error) };
  }
}

/** The published weights are mapped into memory from their file, not read: one copy for all workers. */
async function openNative(model: ModelFiles): Promise<MinilmSession> {
  const ort = await import("onnxruntime-node");
  if (!model.safetensors) {
    return openMinilmSession(ort, await readFile(model.weights), { executionProviders: ["cpu"] });
  }
  const tensors = readSafetensors(await readStart(model.weights), (await stat(model.weights)).size);
  return openMinilmSession(ort, buildMinilmOnnx(tensors, "model.safetensors"), {
    executionProviders: ["cpu"],
    extra: { session: { model_external_initializers_file_folder_path: dirname(model.weights) } },
  });
}

async function openWasm(model: ModelFiles): Promise<MinilmSession> {
  return openWasmSession(await import("onnxruntime-web/wasm"), await readFile(model.weights));
}

/** The first 64 KiB: more than the header of these weights, which takes 11 KiB. */
async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const start = new Uint8Array(65_536);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return start.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
