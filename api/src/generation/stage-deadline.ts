import { GenerationError } from "./generation-error.ts";

export type StageDeadline = {
  /** Aborts when a stage is over its time or the caller leaves; its reason is what to throw. */
  readonly signal: AbortSignal;
  /** Waits for `work`, for at most `limitMs`; past that everything is aborted as "timeout: no <what> within ...". */
  readonly within: <T>(limitMs: number, what: string, work: Promise<T>) => Promise<T>;
  /** Milliseconds since the start. */
  readonly elapsedMs: () => number;
  /** Stops the clock of the whole and aborts what is still open upstream. */
  readonly end: () => void;
};

/**
 * One abort signal for a call that has several stages, each with a time of its own, and a time for the whole. Time that the
 * reader of the answer takes between two pieces counts against the whole alone, never against a stage.
 */
export function createStageDeadline(callerSignal: AbortSignal, wholeMs: number): StageDeadline {
  const controller = new AbortController();
  const { signal } = controller;
  const startedMs = performance.now();
  const expire = (limitMs: number, what: string) =>
    controller.abort(
      new GenerationError(
        "timeout",
        `The language model gave no ${what} within ${Math.round(limitMs)} ms; ask again later.`,
      ),
    );
  const leave = () => controller.abort(callerSignal.reason);
  const wholeTimer = setTimeout(expire, wholeMs, wholeMs, "whole answer");
  if (callerSignal.aborted) leave();
  else callerSignal.addEventListener("abort", leave, { once: true });

  return {
    signal,
    within: async (limitMs, what, work) => {
      const timer = setTimeout(expire, limitMs, limitMs, what);
      try {
        return await orAbort(work, signal);
      } finally {
        clearTimeout(timer);
      }
    },
    elapsedMs: () => performance.now() - startedMs,
    end: () => {
      clearTimeout(wholeTimer);
      callerSignal.removeEventListener("abort", leave);
      controller.abort(new Error("the answer ended"));
    },
  };
}

/** Rejects with the signal's reason as soon as it aborts, whether or not `work` listens to the signal itself. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
