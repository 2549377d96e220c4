import type { ProblemDetail } from "../problem.ts";

/** Looks for what is still missing; empty when nothing is. Must not throw. */
export type FindMissing = () => Promise<readonly ProblemDetail[]>;

/**
 * Readiness that lasts: `find` is asked until it finds nothing missing, and never again after. Probes that come while it looks
 * share one answer.
 */
export function createReadiness(find: FindMissing): FindMissing {
  let isReady = false;
  let underWay: Promise<readonly ProblemDetail[]> | undefined;
  return async () => {
    if (isReady) return [];
    underWay ??= find().finally(() => {
      underWay = undefined;
    });
    const missing = await underWay;
    isReady ||= missing.length === 0;
    return missing;
  };
}
