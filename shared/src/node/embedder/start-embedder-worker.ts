import { Worker } from "node:worker_threads";
import type { LoadedNetwork, WorkerJob, WorkerReport, WorkerStart } from "./worker-messages.ts";

/** One worker thread with the network loaded. */
export type EmbedderWorker = LoadedNetwork & {
  /** Texts -> float32 [texts * 384]; see embedWithSession for isPacked. One call at a time. Rejects with WorkerLostError when the thread ends. */
  embed(texts: readonly string[], isPacked?: boolean): Promise<Float32Array>;
  /** Ends the thread, by force when it does not end within two seconds. */
  close(): Promise<void>;
};

/** A worker thread ended in the middle of its work; the work itself may be good. */
export class WorkerLostError extends Error {
  override readonly name = "WorkerLostError";
}

const closeTimeoutMs = 2_000;
/** A thread makes little garbage, and the default of 48 MB for it would cost some 8 MB of resident memory each. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };
const embedderProgram = new URL("./embedder-worker.ts", import.meta.url);

/**
 * Starts a worker thread and resolves once its network is loaded. The thread keeps the process alive only
 * while it works. Rejects with the reason when the model does not load. `program` is the thread's code.
 */
export async function startEmbedderWorker(
  start: WorkerStart,
  program: URL = embedderProgram,
): Promise<EmbedderWorker> {
  const worker = new Worker(program, { workerData: start, name: "embedder", resourceLimits });
  let settle: ((outcome: WorkerReport | Error) => void) | undefined;
  const answer = (outcome: WorkerReport | Error): void => {
    settle?.(outcome);
    settle = undefined;
    worker.unref();
  };
  const next = (): Promise<WorkerReport> =>
    new Promise((resolve, reject) => {
      worker.ref();
      settle = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });

  let lost: WorkerLostError | undefined;
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", answer);
  worker.on("error", (error: Error) => {
    lost = new WorkerLostError(`An embedder thread failed: ${error.message}`, { cause: error });
    answer(lost);
  });
  worker.once("exit", (code) => {
    lost ??= new WorkerLostError(`An embedder thread ended unexpectedly (exit code ${code}).`);
    answer(lost);
  });

  const first = await next();
  if (first.kind !== "ready") throw new Error("An embedder thread did not start as expected.");
  const { kind: _, ...loaded } = first;
  return {
    ...loaded,
    embed: async (texts, isPacked = false) => {
      if (lost !== undefined) throw lost;
      worker.postMessage({ kind: "embed", texts, isPacked } satisfies WorkerJob);
      const outcome = await next();
      if (outcome.kind === "embedded") return outcome.vectors;
      throw new Error(
        outcome.kind === "failed" ? `Embedding failed: ${outcome.message}` : "Unexpected answer.",
      );
    },
    close: async () => {
      worker.postMessage({ kind: "close" } satisfies WorkerJob);
      const force = setTimeout(() => void worker.terminate(), closeTimeoutMs);
      await ended;
      clearTimeout(force);
    },
  };
}
