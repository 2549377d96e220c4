import { type EmbedOptions, embeddingDimensions } from "../../embedder/embedder.ts";
import { EmbedderBusyError } from "../../embedder/embedder-busy-error.ts";
import { mostPackedTexts } from "../../embedder/minilm-session.ts";
import { splitIntoJobs } from "./split-into-jobs.ts";
import { type EmbedderWorker, WorkerLostError } from "./start-embedder-worker.ts";

/** A worker of the pool; a wide one is quicker and dearer, because several threads share a run. */
export type PoolWorker = Pick<EmbedderWorker, "embed" | "close"> & { readonly isWide?: boolean };

/** What createWorkerPool needs. */
export type WorkerPoolOptions = {
  /** The workers to begin with. */
  readonly workers: readonly PoolWorker[];
  /** Starts a worker in the place of one that was lost. */
  readonly replace: (lost: PoolWorker) => Promise<PoolWorker>;
  /** Texts that may wait before a further call is refused. */
  readonly maxWaitingTexts: number;
  /** Told of each lost worker, and of a replacement that does not start. */
  readonly onWorkerLost?: ((error: Error) => void) | undefined;
};

export type WorkerPool = {
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
  close(): Promise<void>;
};

/** One call of embed(): its vectors so far, the jobs that wait, and the number of jobs not yet done. */
type Call = {
  readonly vectors: Float32Array[];
  readonly waiting: Job[];
  open: number;
  finished: boolean;
  readonly onStart: (() => void) | undefined;
  readonly finish: (error?: unknown) => void;
};

/** Texts of a call that go to a worker together; `numbers` are their places in the call. */
type Job = {
  readonly call: Call;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** True for one short text that may go through the network together with others'. */
  isShared: boolean;
  retried: boolean;
};

/** Characters that they have together at most, some 128 tokens: nobody waits for the run of another's long text. */
const sharedCharacters = 512;

/**
 * Shares the work of many calls among workers. A call is cut into jobs of about one long text each, and
 * the calls take turns: a free worker does one job of the call whose turn it is, so a single question
 * does not wait for a thousand documents. A job whose worker is lost goes to another one once; lost again, its
 * call is rejected. With texts waiting already, a call that would make them more than `maxWaitingTexts` is
 * refused with EmbedderBusyError; where nobody waits, a call of any length is taken. Where several calls wait whose text may
 * share a run (isShared), a worker takes up to four of them at once, and the last free worker leaves no more than these to whichever
 * ends such a run. A wide worker is the first choice
 * for a job that is alone, and the last one beside others.
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const idle = [...options.workers];
  /** Those that were lost and have no replacement yet. */
  const missing: PoolWorker[] = [];
  const underWay = new Set<Promise<void>>();
  const turns: Call[] = [];
  let workers = options.workers.length;
  let waitingTexts = 0;
  let running = 0;
  let sharedRuns = 0;
  let closed = false;

  const embed = (
    texts: readonly string[],
    { signal, isShared = false, onStart }: EmbedOptions = {},
  ): Promise<Float32Array[]> =>
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
        onStart,
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
        call.waiting.push({
          call,
          numbers,
          texts: own,
          isShared: isShared && texts.length === 1 && (own[0] ?? "").length <= sharedCharacters,
          retried: false,
        });
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
    while (idle.length > 0 && turns.length > 0 && !isWorthWaiting()) {
      const load = takeLoad();
      const worker = takeWorker(turns.length === 0 && load.length === 1);
      if (worker === undefined || load.length === 0) return;
      track(run(worker, load));
    }
  };

  /** A free worker: a wide one for a job that is alone, and another one, if there is one, where others wait or are under way. */
  const takeWorker = (isLast: boolean): PoolWorker | undefined => {
    const isAlone = isLast && running === 0;
    const place = idle.findIndex(({ isWide = false }) => isWide === isAlone);
    return idle.splice(Math.max(0, place), 1)[0];
  };

  /**
   * Whether the next text had better share the run that follows the one under way: two runs at a time take each other's memory
   * bandwidth, and a core from those who use the vectors. It keeps the last free worker alone waiting, at most for the length of one
   * short run, and only as long as one run will hold all who wait.
   */
  const isWorthWaiting = (): boolean =>
    idle.length === 1 &&
    sharedRuns > 0 &&
    turns[0]?.waiting[0]?.isShared === true &&
    turns.length <= mostPackedTexts;

  /** The job whose turn it is, and, where it may share its run, those behind it that may and fit in. */
  const takeLoad = (): Job[] => {
    const first = takeJob(turns[0]);
    if (first === undefined) return [];
    const load = [first];
    let characters = lengthOf(first);
    for (const call of first.isShared ? [...turns] : []) {
      const next = call.waiting[0];
      if (load.length === mostPackedTexts) break;
      if (!next?.isShared || characters + lengthOf(next) > sharedCharacters) continue;
      load.push(next);
      characters += lengthOf(next);
      takeJob(call);
    }
    return load;
  };

  /** A call's next job; the call goes behind the others. */
  const takeJob = (call: Call | undefined): Job | undefined => {
    const job = call?.waiting.shift();
    if (call === undefined || job === undefined) return undefined;
    turns.splice(turns.indexOf(call), 1);
    if (call.waiting.length > 0) turns.push(call);
    waitingTexts -= job.texts.length;
    return job;
  };

  const run = async (worker: PoolWorker, load: readonly Job[]): Promise<void> => {
    const isShared = load.every((job) => job.isShared);
    for (const { call, numbers, retried } of load) if (numbers[0] === 0 && !retried) call.onStart?.();
    running += 1;
    if (isShared) sharedRuns += 1;
    try {
      const texts = load.flatMap((job) => job.texts);
      deliver(load, await worker.embed(texts, load.length > 1));
      idle.push(worker);
    } catch (error) {
      if (error instanceof WorkerLostError) {
        workers -= 1;
        options.onWorkerLost?.(error);
        for (const job of load) retryLost(job, error);
        missing.push(worker);
        if (!closed) replaceWorker();
      } else {
        idle.push(worker);
        if (load.length === 1) load[0]?.call.finish(error);
        else for (const job of load) putBack(job);
      }
    } finally {
      running -= 1;
      if (isShared) sharedRuns -= 1;
    }
    assign();
  };

  const retryLost = (job: Job, error: WorkerLostError): void => {
    if (job.retried || closed) {
      job.call.finish(new Error(`These texts could not be embedded: ${error.message}`, { cause: error }));
    } else {
      job.retried = true;
      putBack(job);
    }
  };

  /** To the front of the queue, and from now on by itself: what went wrong was the fault of one job. */
  const putBack = (job: Job): void => {
    if (job.call.finished) return;
    job.isShared = false;
    if (job.call.waiting.length === 0) turns.unshift(job.call);
    job.call.waiting.unshift(job);
    waitingTexts += job.texts.length;
  };

  /** When no worker is left and none starts, whoever waits is told; the next call tries again. */
  const replaceWorker = (): void => {
    const lost = missing.shift();
    if (lost === undefined) return;
    workers += 1;
    const starting = options.replace(lost).then(
      (worker) => {
        idle.push(worker);
        assign();
      },
      (error: Error) => {
        workers -= 1;
        missing.push(lost);
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

const lengthOf = (job: Job): number => job.texts.reduce((sum, text) => sum + text.length, 0);

/** Puts a load's vectors, float32 [texts * 384], at their places in the calls; its last job finishes a call. */
function deliver(load: readonly Job[], vectors: Float32Array): void {
  let row = 0;
  for (const { call, numbers } of load) {
    for (const number of numbers) {
      call.vectors[number] = vectors.slice(row * embeddingDimensions, (row + 1) * embeddingDimensions);
      row += 1;
    }
    call.open -= 1;
    if (call.open === 0) call.finish();
  }
}

function closedError(): Error {
  return new Error("The embedder is closed.");
}
