import { describeMaker, type RuntimeFamily } from "../../embedder/describe-maker.ts";
import type { Embedder } from "../../embedder/embedder.ts";
import { createWorkerPool } from "./create-worker-pool.ts";
import { readModelFolder } from "./read-model-folder.ts";
import { type EmbedderWorker, startEmbedderWorker } from "./start-embedder-worker.ts";

/** What createWorkerEmbedder needs. */
export type WorkerEmbedderOptions = {
  /** A folder with tokenizer.json and model.safetensors, model.onnx or model_quantized.onnx. */
  readonly modelDir: string;
  /** onnxruntime-node, onnxruntime-web, or (the default) the first of them that loads. */
  readonly runtime?: RuntimeFamily | "auto";
  /** Threads, each with its own session; 2 by default. More than the machine's cores gain nothing. */
  readonly workers?: number;
  /**
   * Threads that a run of the first worker uses; 1 by default. With 2, a text that comes alone is done in two thirds of the time, for a
   * tenth more of the processor; where several wait, one thread a run is cheaper, and the first worker is taken last.
   */
  readonly intraOpThreads?: number;
  /** Texts that may wait before a further call is refused with EmbedderBusyError; 2,048 by default. */
  readonly maxWaitingTexts?: number;
  /** Told why the native runtime was not used, when "auto" chose the other one. */
  readonly onFallback?: (reason: string) => void;
  /** Told of a thread that ended unexpectedly; it is replaced. */
  readonly onWorkerLost?: (error: Error) => void;
};

/**
 * An embedder on worker threads, so that the caller's event loop stays free. The threads do not keep an
 * otherwise finished process alive. Rejects when the folder holds no model, or the model does not load.
 */
export async function createWorkerEmbedder(options: WorkerEmbedderOptions): Promise<Embedder> {
  const { modelDir, runtime = "auto", workers = 2, intraOpThreads = 1 } = options;
  const { maxWaitingTexts = 2_048, onWorkerLost } = options;
  const folder = readModelFolder(modelDir);
  const widths = [intraOpThreads, ...new Array<number>(Math.max(0, workers - 1)).fill(1)];
  const started = await allOrNone(
    widths.map((threads, number) =>
      startEmbedderWorker({ folder, runtime, intraOpThreads: threads, isDigestWanted: number === 0 }),
    ),
  );
  const [first] = started;
  if (first?.digest === undefined) throw new Error("The first embedder thread did not read the weights.");
  if (first.fallback !== undefined) options.onFallback?.(first.fallback);

  // All use what the first one found, so that one embedder never mixes runtimes.
  const start = (threads: number) =>
    startEmbedderWorker({ folder, runtime: first.runtime, intraOpThreads: threads });
  const alike = await allOrNone(
    started.map(async (worker, number) => {
      if (worker.runtime === first.runtime) return worker;
      await worker.close();
      return start(widths[number] ?? 1);
    }),
  );
  const isWide = intraOpThreads > 1;
  const pool = createWorkerPool({
    workers: alike.map((worker, number) => ({ ...worker, isWide: isWide && number === 0 })),
    replace: async (lost) => ({
      ...(await start(lost.isWide ? intraOpThreads : 1)),
      isWide: lost.isWide === true,
    }),
    maxWaitingTexts,
    onWorkerLost,
  });
  let closing: Promise<void> | undefined;
  return {
    maker: describeMaker(folder.dtype, first.digest, first.runtime),
    embed: (texts, options) => pool.embed(texts, options),
    close: () => {
      closing ??= pool.close();
      return closing;
    },
  };
}

/** The workers in their order; where one does not start, its reason, and the others are ended. */
async function allOrNone(starting: readonly Promise<EmbedderWorker>[]): Promise<EmbedderWorker[]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    const outcomes = await Promise.allSettled(starting);
    await Promise.all(outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value.close()));
    throw error;
  }
}
