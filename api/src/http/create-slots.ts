import { Problem } from "../problem.ts";

/** A bounded number of requests at work, and a bounded number that wait for it. */
export type Slots = {
  /** Resolves with the function that gives the slot back. Rejects with `overloaded`, or the signal's reason. */
  acquire(signal: AbortSignal): Promise<() => void>;
  running(): number;
  waiting(): number;
};

/** First come, first served. A full queue refuses at once: an answer that comes too late helps nobody. */
export function createSlots(limits: { readonly maxRunning: number; readonly maxWaiting: number }): Slots {
  let running = 0;
  const queue = new Set<() => void>();

  const take = (): (() => void) => {
    running += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      running -= 1;
      const [next] = queue;
      next?.();
    };
  };

  const wait = (signal: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      const leave = () => {
        queue.delete(enter);
        reject(signal.reason);
      };
      const enter = () => {
        queue.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve(take());
      };
      signal.addEventListener("abort", leave, { once: true });
      queue.add(enter);
    });

  return {
    acquire: async (signal) => {
      signal.throwIfAborted();
      if (running < limits.maxRunning) return take();
      if (queue.size < limits.maxWaiting) return wait(signal);
      throw new Problem(
        "overloaded",
        `${limits.maxRunning} requests are under way and ${limits.maxWaiting} wait. Try again in a few seconds.`,
        { headers: { "retry-after": "2" } },
      );
    },
    running: () => running,
    waiting: () => queue.size,
  };
}
