/** Durations of the stages of one answer, in milliseconds. Stages may overlap: retrieval runs while the embedding does. */
export function createStageClock(observe?: (stage: string, durationMs: number) => void) {
  const startedMs = performance.now();
  const stageMs: Record<string, number> = {};
  const add = (stage: string, durationMs: number) => {
    stageMs[stage] = (stageMs[stage] ?? 0) + durationMs;
    observe?.(stage, durationMs);
  };
  return {
    stageMs,
    add,
    elapsedMs: () => performance.now() - startedMs,
    /** Adds the time until `work` settles, whether it succeeds or fails. */
    async time<Result>(stage: string, work: Promise<Result>): Promise<Result> {
      const fromMs = performance.now();
      try {
        return await work;
      } finally {
        add(stage, performance.now() - fromMs);
      }
    },
  };
}
