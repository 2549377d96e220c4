import { embeddingDimensions } from "../../embedder/embedder.ts";
import { EmbedderBusyError } from "../../embedder/embedder-busy-error.ts";
import { splitIntoJobs } from "./split-into-jobs.ts";
import { type EmbedderWorker, WorkerLostError } from "./start-embedder-worker.ts";

/** What createWorkerPool needs. */
export type WorkerPoolOptions = {
  /** The workers to begin with. */
  readonly workers: readonly Pick<EmbedderWorker, "embed" | "close">[];
  /** Starts a worker in the place of one that was lost. */
  readonly replace: () => Promise<Pick<EmbedderWorker, "embed" | "close">>;
  /** Texts that may wait before a further call is refused. */
  readonly maxWaitingTexts: number;
  /** Told of each lost worker, and of a replacement that does not start. */
  readonly onWorkerLost?: ((error: Error) => void) | undefined;
};

export type WorkerPool = {
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
};

/** One call of embed(): its vectors so far, the jobs that wait, and the number of jobs not yet done. */
type Call = {
  readonly vectors: Float32Array[];
  readonly waiting: Job[];
  open: number;
  finished: boolean;
  readonly finish: (error?: unknown) => void;
};

/** Texts of a call that go to a worker together; `numbers` are their places in the call. */
type Job = {
  readonly call: Call;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  retried: boolean;
};

/**
 * Shares the work of many calls among workers. A call is cut into jobs of about one long text each, and
 * the calls take turns: a free worker does one job of the call whose turn it is, so a single question
 * does not wait for a thousand documents. A job whose worker is lost goes to another one once; lost again, its
 * call is rejected. With texts waiting already, a call that would make them more than `maxWaitingTexts` is
 * refused with EmbedderBusyError; where nobody waits, a call of any length is taken.
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const idle = [...options.workers];
  const underWay = new Set<Promise<void>>();
  const turns: Call[] = [];
  let workers = options.workers.length;
  let waitingTexts = 0;
  let closed = false;

  const embed = (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (closed) throw closedError();
      if (waitingTexts > 0 && waitingTexts + texts.length > options.maxWaitingTexts) {
        throw new EmbedderBusyError(waitingTexts);
      }
      const onAbort = (): void => call.finish(signal?.reason);
      const call: Call = {
        vectors: new Array<Float32Array>(texts.length),
        waiting: [],
        open: 0,
        finished: false,
        finish: (error) => {
          call.finished = true;
          signal?.removeEventListener("abort", onAbort);
          forget(call);
          if (error === undefined) resolve(call.vectors);
          else reject(error);
        },
      };
      for (const numbers of splitIntoJobs(texts)) {
        const own = numbers.map((number) => texts[number] ?? "");
        call.waiting.push({ call, numbers, texts: own, retried: false });
      }
      call.open = call.waiting.length;
      if (call.open === 0) return call.finish();
      signal?.addEventListener("abort", onAbort, { once: true });
      waitingTexts += texts.length;
      turns.push(call);
      if (workers === 0) replaceWorker();
      assign();
    });

  /** Gives idle workers jobs, as long as there are both. */
  const assign = (): void => {
    while (idle.length > 0 && turns.length > 0) {
      const worker = idle.shift();
      const job = takeJob();
      if (worker === undefined || job === undefined) return;
      track(run(worker, job));
    }
  };

  const takeJob = (): Job | undefined => {
    const call = turns.shift();
    const job = call?.waiting.shift();
    if (call === undefined || job === undefined) return undefined;
    if (call.waiting.length > 0) turns.push(call);
    waitingTexts -= job.texts.length;
    return job;
  };

  const run = async (worker: (typeof idle)[number], job: Job): Promise<void> => {
    try {
      deliver(job, await worker.embed(job.texts));
      idle.push(worker);
    } catch (error) {
      if (error instanceof WorkerLostError) lose(job, error);
      else {
        job.call.finish(error);
        idle.push(worker);
      }
    }
    assign();
  };

  const lose = (job: Job, error: WorkerLostError): void => {
    workers -= 1;
    options.onWorkerLost?.(error);
    if (job.retried || closed) {
      job.call.finish(new Error(`These texts could not be embedded: ${error.message}`, { cause: error }));
    } else if (!job.call.finished) {
      job.retried = true;
      if (job.call.waiting.length === 0) turns.unshift(job.call);
      job.call.waiting.unshift(job);
      waitingTexts += job.texts.length;
    }
    if (!closed) replaceWorker();
  };

  /** When no worker is left and none starts, whoever waits is told; the next call tries again. */
  const replaceWorker = (): void => {
    workers += 1;
    const starting = options.replace().then(
      (worker) => {
        idle.push(worker);
        assign();
      },
      (error: Error) => {
        workers -= 1;
        options.onWorkerLost?.(error);
        if (workers > 0) return;
        for (const call of [...turns]) {
          call.finish(
            new Error(`No embedder thread is left, and none starts: ${error.message}`, { cause: error }),
          );
        }
      },
    );
    track(starting);
  };

  /** Takes what a call still has waiting out of the queue. */
  const forget = (call: Call): void => {
    const turn = turns.indexOf(call);
    if (turn >= 0) turns.splice(turn, 1);
    for (const job of call.waiting.splice(0)) waitingTexts -= job.texts.length;
  };

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  const close = async (): Promise<void> => {
    closed = true;
    for (const call of [...turns]) call.finish(closedError());
    while (underWay.size > 0) await Promise.all(underWay);
    await Promise.all(idle.splice(0).map((worker) => worker.close()));
  };

  return { embed, close };
}

/** Puts a job's vectors, float32 [texts * 384], at their places in the call; the last job finishes the call. */
function deliver(job: Job, vectors: Float32Array): void {
  job.numbers.forEach((number, row) => {
    job.call.vectors[number] = vectors.slice(row * embeddingDimensions, (row + 1) * embeddingDimensions);
  });
  job.call.open -= 1;
  if (job.call.open === 0) job.call.finish();
}

function closedError(): Error {
  return new Error("The embedder is closed.");
}
