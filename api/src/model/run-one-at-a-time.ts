/**
 * Runs `work` for calls that may come at any time, one at a time: those that come while it runs are one more run after it, since that one sees
 * whatever they came for. A call resolves when a run that began after it has ended. `work` must not reject.
 */
export function runOneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    if (waiting) return waiting;
    waiting = last.then(() => {
      waiting = undefined;
      return work();
    });
    last = waiting;
    return waiting;
  };
}
