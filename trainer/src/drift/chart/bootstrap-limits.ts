import { quantileSorted } from "simple-statistics";
import { drawNormal } from "../draw-normal.ts";
import type { Random } from "../seeded-random.ts";
import type { ChunkDistances } from "./chunk-distances.ts";
import { combineShareScores } from "./combine-share-scores.ts";
import { largestMove, lastingMoves, rememberedWindows } from "./lasting-moves.ts";
import { type DistanceScale, distanceScale, scaleDistances } from "./scale-distances.ts";
import { smoothScores } from "./smooth-scores.ts";
import { singleLevel, suiteLevel } from "./suite-level.ts";

export type LimitOptions = {
  /** Weight of the newest window in the moving average (.3). */
  readonly smoothing: number;
  /** The suite's share of weight that makes it drift (.30), `needed` of the last `of` windows (2 of 3). */
  readonly driftShare: number;
  readonly persistence: { readonly needed: number; readonly of: number };
  /**
   * Windows for one false alarm: of the whole chart (250), a tenth of it for the weighted share, the rest for single features and for the queues'
   * shares alike; and of the estimated performance (1,000).
   */
  readonly windowsPerFalseAlarm: { readonly drift: number; readonly performance: number };
};

export type ChartLimits = {
  /** Of the suite: features worth the drift share have reached it. */
  readonly suite: number;
  /** Of any single feature. */
  readonly single: number;
  /** Of the lasting move of any queue's share, either way. */
  readonly shares: number;
  /** Of the drop of the estimated performance. */
  readonly performance: number;
};

/** The rules' parts of the false alarms of drift. What the weighted share finds, the other two find about as soon; a topic or a queue is what is hard to see. */
const parts = { suite: 0.1, single: 0.45, shares: 0.45 } as const;

/** Simulated charts, and windows of each. */
const [runs, runWindows] = [60, 150];

/** Nothing is taken to be under a tenth of what it seemed. */
const leastLuck = 0.1 ** (2 / 3);

/** While warming up the limit is what this share of the runs would have asked for at most. */
const warmUpShare = 0.9;

/**
 * The limits at which charts without drift raise one false alarm in so many windows, by simulation. Each run draws its own scale (a bootstrap
 * sample of the chunks, Efron 1979), so that what chunks do not tell of mean and spread widens the limit; then windows from the
 * chunks, whole vectors, so that features that move together do so here. While warming up the scale is that of all sets, less sure the fewer real chunks there are. An alarm is a window at which the rule begins to hold. `weights`
 * are those of the features, by position.
 */
export function bootstrapLimits(
  chunks: ChunkDistances,
  weights: ArrayLike<number>,
  options: LimitOptions,
  random: Random,
): ChartLimits {
  const all = chunks.sets.flat();
  const suite: number[][] = [];
  const single: number[][] = [];
  const shares: number[][] = [];
  const performance: number[][] = [];
  const commonScale = distanceScale(all, chunks.leastDeviations);
  for (let run = 0; run < runs; run += 1) {
    const set = chunks.sets[run % chunks.sets.length] ?? [];
    const scale = chunks.isWarmingUp
      ? widened(commonScale, chunks.realChunks, random)
      : distanceScale(draw(set, set.length, random), chunks.leastDeviations);
    const scores = set.map((vector) => scaleDistances(vector, scale));
    let smoothed: Float64Array = new Float64Array(commonScale.means.length);
    const [ofSuite, ofSingle]: [number[], number[]] = [[], []];
    const [ofShares, ofPerformance]: [number[], number[]] = [[], []];
    let moves: number[][] = [];
    const audits = { here: chunks.usualAudits, usual: chunks.usualAudits };
    for (const z of draw(scores, runWindows, random)) {
      smoothed = smoothScores(smoothed, z, options.smoothing);
      ofSuite.push(suiteLevel(smoothed, weights, options.driftShare));
      ofSingle.push(singleLevel(smoothed, weights));
      moves = [...moves, combineShareScores(z, weights.length + 1, audits)].slice(-rememberedWindows);
      ofShares.push(largestMove(lastingMoves(moves, chunks.referenceWindows)));
      ofPerformance.push(smoothed[weights.length] ?? 0);
    }
    suite.push(persistentLevels(ofSuite, options.persistence));
    single.push(persistentLevels(ofSingle, options.persistence));
    shares.push(ofShares);
    performance.push(persistentLevels(ofPerformance, options.persistence));
  }
  const limitOf = (series: readonly number[][], windows: number) => {
    const common = limitForRate(series, 1 / windows);
    if (!chunks.isWarmingUp) return common;
    const own = series.map((one) => limitForRate([one], 1 / windows)).sort((a, b) => a - b);
    return Math.max(common, quantileSorted(own, warmUpShare));
  };
  return {
    suite: limitOf(suite, options.windowsPerFalseAlarm.drift / parts.suite),
    single: limitOf(single, options.windowsPerFalseAlarm.drift / parts.single),
    shares: limitOf(shares, options.windowsPerFalseAlarm.drift / parts.shares),
    performance: limitOf(performance, options.windowsPerFalseAlarm.performance),
  };
}

/**
 * A scale as it might be: deviations that were learnt from a few real chunks may be too small by as much as a chi-square of one fewer degrees of freedom
 * says (Wilson and Hilferty, The distribution of chi-square, PNAS 1931), each by its own luck, and the largest of a hundred features is one that had it.
 * Of rows without time the deviations are taken for granted (ChunkOptions.topicEffect), and stay.
 */
function widened(scale: DistanceScale, realChunks: number, random: Random): DistanceScale {
  if (realChunks < 2) return scale;
  const spread = 2 / (9 * (realChunks - 1));
  return {
    ...scale,
    deviations: scale.deviations.map(
      (deviation) =>
        deviation * Math.max(leastLuck, 1 - spread + Math.sqrt(spread) * drawNormal(random)) ** 1.5,
    ),
  };
}

/** At each window the `needed`-th largest of the last `of` levels: at or above the limit exactly when the rule holds. */
export function persistentLevels(
  levels: readonly number[],
  { needed, of }: LimitOptions["persistence"],
): number[] {
  return levels.map((_, at) => {
    const last = levels.slice(Math.max(0, at + 1 - of), at + 1).sort((a, b) => b - a);
    return last[needed - 1] ?? Number.NEGATIVE_INFINITY;
  });
}

/** The least limit that the series begin to reach at most `rate` times a window. */
function limitForRate(series: readonly (readonly number[])[], rate: number): number {
  const windows = series.reduce((sum, { length }) => sum + length, 0);
  let [low, high] = [0, 10];
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + high) / 2;
    let alarms = 0;
    for (const levels of series) {
      let above = false;
      for (const level of levels) {
        if (level >= middle && !above) alarms += 1;
        above = level >= middle;
      }
    }
    if (alarms / windows > rate) low = middle;
    else high = middle;
  }
  return high;
}

function draw<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  return Array.from({ length: count }, () => items[Math.floor(random() * items.length)]).filter(
    (item) => item !== undefined,
  );
}
