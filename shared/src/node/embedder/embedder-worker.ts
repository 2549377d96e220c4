import { readFile } from "node:fs/promises";
import { getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { batchTokens } from "../../embedder/batch-tokens.ts";
import { createTextEncoder } from "../../embedder/create-text-encoder.ts";
import type { RuntimeFamily } from "../../embedder/describe-maker.ts";
import { embedPacked } from "../../embedder/embed-packed.ts";
import { embedWithSession } from "../../embedder/embed-with-session.ts";
import type { MinilmSession } from "../../embedder/minilm-session.ts";
import { hashFile } from "../weights/hash-file.ts";
import { openModelFolder } from "./open-model-folder.ts";
import type { WorkerJob, WorkerReport, WorkerStart } from "./worker-messages.ts";

// The program of a worker thread: loads the network, says "ready", then answers one job after the other.

const { folder, runtime, intraOpThreads, isDigestWanted = false } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error("embedder-worker.ts is the program of a worker thread.");
const report = (message: WorkerReport, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

giveWay();
const encode = createTextEncoder(JSON.parse(await readFile(folder.tokenizer, "utf8")));
const { session, ...opened } = await openSession();
const digest = isDigestWanted ? { digest: await hashFile(folder.weights) } : {};
const maxBatchTokens = batchTokens(folder.dtype);

port.on("message", async (job: WorkerJob) => {
  if (job.kind === "close") {
    await session.release();
    port.close();
    return;
  }
  try {
    const vectors = job.isPacked
      ? await embedPacked(session, encode, job.texts, maxBatchTokens)
      : await embedWithSession(session, encode, job.texts, maxBatchTokens);
    report({ kind: "embedded", vectors }, [vectors.buffer]);
  } catch (error) {
    report({ kind: "failed", message: messageOf(error) });
  }
});
report({ kind: "ready", ...opened, ...digest });

async function openSession(): Promise<{ session: MinilmSession; runtime: RuntimeFamily; fallback?: string }> {
  if (runtime === "wasm") return { session: await openOneAtATime(), runtime };
  try {
    return { session: await openModelFolder(folder, "native", intraOpThreads), runtime: "native" };
  } catch (error) {
    if (runtime === "native") throw error;
    return { session: await openOneAtATime(), runtime: "wasm", fallback: messageOf(error) };
  }
}

/** In WebAssembly a network takes more memory while it loads than when it is loaded: the process' threads take turns. */
async function openOneAtATime(): Promise<MinilmSession> {
  // Who waits for a lock has nothing else to do, and a thread with nothing to do ends.
  const waiting = setInterval(() => {}, 60_000);
  try {
    return await navigator.locks.request("load an embedder in WebAssembly", () =>
      openModelFolder(folder, "wasm"),
    );
  } finally {
    clearInterval(waiting);
  }
}

/**
 * A run takes tens of milliseconds, what comes after it two: where a core is scarce, who uses the vectors and the database beside us go
 * first. Linux alone counts this by thread, and those that a session starts inherit it; elsewhere it would be the whole process.
 */
function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(0, Math.min(19, getPriority(0) + 10));
  } catch {
    // A sandbox may refuse it; then all threads are alike.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
