import { once } from "node:events";
import { Worker } from "node:worker_threads";

export type RawRuns = {
  /** One run of the network a text, one after the other: the milliseconds of each, tokenizing left out. */
  measure(texts: readonly string[]): Promise<number[]>;
  close(): Promise<void>;
};

/** A worker thread with the embedder's network and session options and nothing around it: what an answer is compared with. */
export function startRawRuns(modelDir: string): RawRuns {
  const worker = new Worker(new URL("./raw-run-worker.ts", import.meta.url), { workerData: { modelDir } });
  return {
    measure: async (texts) => {
      worker.postMessage(texts);
      const [timesMs] = await once(worker, "message");
      return timesMs;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
