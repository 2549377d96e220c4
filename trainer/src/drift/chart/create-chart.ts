import type { DriftParams } from "../drift-params.ts";
import type { Profile } from "../reference/build-profile.ts";
import { seededRandom } from "../seeded-random.ts";
import { bootstrapLimits, type ChartLimits } from "./bootstrap-limits.ts";
import { chunkDistances } from "./chunk-distances.ts";
import { type DistanceScale, distanceScale } from "./scale-distances.ts";

/** What is usual for windows of some size, and from where on it is not. */
export type Usual = {
  readonly scale: DistanceScale;
  readonly limits: ChartLimits;
  readonly isWarmingUp: boolean;
  readonly realChunks: number;
  /** See ChunkDistances. */
  readonly referenceWindows: number;
  readonly usualAudits: number;
};

export type Chart = {
  readonly profile: Profile;
  /** By position of featureNames, summing to 1. */
  readonly weights: Float64Array;
  readonly params: DriftParams;
  usualFor(rows: number): Usual;
};

/** Sizes of windows at which chunks are cut; between two of them what is usual is interpolated. */
const sizeRatio = 1.15;

/**
 * The chart of one reference. A distance depends on its window's size, so what is usual is worked out at sizes that are 1.15 apart, when
 * first needed, and interpolated between them in 1 / sqrt(rows), in which means and deviations of all distances are all but straight. The
 * limits, on the scale of z, are those of the smaller size. All of it comes from `seed` and the size alone, so the order of the windows does
 * not matter. A size costs under a second for 60,000 reference rows, once for each chart.
 */
export function createChart(
  profile: Profile,
  weights: Float64Array,
  params: DriftParams,
  seed: number,
): Chart {
  const { enoughChunks: enough, mostChunks: most, topicEffect } = params.reference;
  const sizes = new Map<number, Usual & { size: number }>();
  const usualAt = (power: number) => {
    const known = sizes.get(power);
    if (known) return known;
    // No window is larger, and history of enough full windows shall not look like too little.
    const size = Math.min(Math.round(sizeRatio ** power), params.windows.maxRows);
    const chunks = chunkDistances(profile, size, { enough, most, topicEffect }, seededRandom(seed + power));
    const { isWarmingUp, realChunks, referenceWindows, usualAudits } = chunks;
    const limits = bootstrapLimits(chunks, weights, params.chart, seededRandom(seed - power));
    const usual = {
      size,
      scale: distanceScale(chunks.sets.flat(), chunks.leastDeviations),
      limits,
      isWarmingUp,
      realChunks,
      referenceWindows,
      usualAudits,
    };
    sizes.set(power, usual);
    return usual;
  };
  return {
    profile,
    weights,
    params,
    usualFor: (rows) => {
      const power = Math.log(Math.max(2, rows)) / Math.log(sizeRatio);
      const [below, above] = [usualAt(Math.floor(power)), usualAt(Math.ceil(power))];
      const root = (size: number) => 1 / Math.sqrt(size);
      const span = root(below.size) - root(above.size);
      const share = span === 0 ? 1 : (root(below.size) - root(Math.max(2, rows))) / span;
      return { ...below, scale: between(below.scale, above.scale, Math.min(1, Math.max(0, share))) };
    },
  };
}

function between(from: DistanceScale, to: DistanceScale, share: number): DistanceScale {
  const mix = (a: Float64Array, b: Float64Array) =>
    a.map((value, at) => (1 - share) * value + share * (b[at] ?? 0));
  return { means: mix(from.means, to.means), deviations: mix(from.deviations, to.deviations) };
}
