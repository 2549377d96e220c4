import type { Asked } from "./create-asker.ts";
import { quantile } from "./quantile.ts";
import type { RawRuns } from "./start-raw-runs.ts";

export type Latency = {
  /** Medians over the blocks of each block's median. */
  readonly rawMs: number;
  readonly askP50Ms: number;
  /** Over all answers. */
  readonly askP95Ms: number;
  readonly askMeanMs: number;
  /** The ratio of a block's answer to its own raw runs: median and range over the blocks. */
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
  readonly actions: ReadonlyMap<string, number>;
};

/**
 * The time of one answer beside that of one raw run of the same texts, one at a time. Raw and answered blocks take turns, so
 * that what else the machine does falls on both.
 */
export async function measureLatency(
  raw: RawRuns,
  ask: (question: string) => Promise<Asked>,
  blocks: readonly (readonly string[])[],
): Promise<Latency> {
  const measured: { rawMs: number; askMs: number }[] = [];
  const all: Asked[] = [];
  for (const questions of blocks) {
    const rawMs = quantile(await raw.measure(questions), 0.5);
    const asked: Asked[] = [];
    for (const question of questions) asked.push(await ask(question));
    all.push(...asked);
    measured.push({
      rawMs,
      askMs: quantile(
        asked.map(({ durationMs }) => durationMs),
        0.5,
      ),
    });
  }
  const durations = all.map(({ durationMs }) => durationMs);
  const ratios = measured.map(({ rawMs, askMs }) => askMs / rawMs);
  return {
    rawMs: quantile(
      measured.map(({ rawMs }) => rawMs),
      0.5,
    ),
    askP50Ms: quantile(
      measured.map(({ askMs }) => askMs),
      0.5,
    ),
    askP95Ms: quantile(durations, 0.95),
    askMeanMs: durations.reduce((sum, duration) => sum + duration, 0) / durations.length,
    ratio: quantile(ratios, 0.5),
    ratioRange: [Math.min(...ratios), Math.max(...ratios)],
    actions: countActions(all),
  };
}

function countActions(asked: readonly Asked[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { action } of asked) counts.set(action, (counts.get(action) ?? 0) + 1);
  return counts;
}
