import type { CycleRun, Desk } from "./found-quick-company.ts";

/** Runs that a training which was killed needs at most. */
const mostRuns = 4;

/**
 * Runs cycles, each hours after the one before, until the training waits for its rollout, is watched, or has ended. Resolves with the last run; throws what it said where it is
 * never so far.
 */
export async function runUntilSettled(desk: Desk, args: readonly string[] = ["--first"]): Promise<CycleRun> {
  let last: CycleRun | undefined;
  for (let run = 0; run < mostRuns; run += 1) {
    await desk.letTimePass();
    last = await desk.cycle({ args });
    const trainings = await desk.trainings();
    // One that was killed as its last program ended may have come to its end all the same.
    const hasEnded = trainings.length > 0 && trainings.every(({ stage }) => stage === "ended");
    if (last.code === 0 && (last.stage !== null || hasEnded)) return last;
  }
  throw new Error(`After ${mostRuns} runs the training is not settled: ${last?.stderr}`);
}
