import { Problem } from "../problem.ts";
import type { Slots } from "./create-slots.ts";

/** One request at work: its signal fires when the client goes or the deadline passes, with the problem as its reason. */
export type Work = {
  readonly signal: AbortSignal;
  /** When the deadline passes, on performance.now()'s clock. */
  readonly deadlineAtMs: number;
  /** Settles with `task`, or rejects as soon as the signal fires: what ignores the signal does not hold the caller up. */
  race<Result>(task: Promise<Result>): Promise<Result>;
  /** Tells the work to stop: whoever asked is gone. */
  stop(): void;
  /** Stops the clock and frees the slot. Safe to call twice. */
  end(): void;
};

/** Waits for a slot and starts the clock. Rejects with `overloaded`, `deadline_exceeded` or `client_gone`. */
export async function startWork(slots: Slots, client: AbortSignal, deadlineMs: number): Promise<Work> {
  const controller = new AbortController();
  const { signal } = controller;
  const stop = () => controller.abort(new Problem("client_gone", "The client closed the connection."));
  const deadlineAtMs = performance.now() + deadlineMs;
  const timer = setTimeout(() => controller.abort(deadlineExceeded(deadlineMs)), deadlineMs);
  client.addEventListener("abort", stop, { once: true });
  if (client.aborted) stop();
  let release: (() => void) | undefined;
  const end = () => {
    clearTimeout(timer);
    client.removeEventListener("abort", stop);
    release?.();
  };
  try {
    release = await slots.acquire(signal);
  } catch (error) {
    end();
    throw error;
  }
  return { signal, deadlineAtMs, stop, end, race: (task) => raceSignal(task, signal) };
}

function deadlineExceeded(deadlineMs: number): Problem {
  return new Problem(
    "deadline_exceeded",
    `There was no answer within ${deadlineMs / 1_000} s. Try again; with shorter or fewer texts where it happens often.`,
  );
}

async function raceSignal<Result>(task: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([task, aborted]);
  } catch (error) {
    // Adapters wrap an abort in errors of their own; the reason says more.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
