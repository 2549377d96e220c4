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
};

export type Chart = {
  readonly profile: Profile;
  /** By position of featureNames, summing to 1. */
  readonly weights: Float64Array;
  readonly params: DriftParams;
  usualFor(rows: number): Usual;
};

/** Sizes are rounded to this many rows: a distance depends on its window's size, and this is within a fifth of its deviation. */
const sizeStep = 10;

/**
 * The chart of one reference. What is usual is worked out once for each size of window, the limits (which are on the scale of z, and so
 * hardly depend on the size) once for each power of 1.5; both from `seed` and the size alone, so that the order of the
 * windows does not matter. A size costs some 0.2 s for 60,000 reference rows, a set of limits some 0.5 s.
 */
export function createChart(
  profile: Profile,
  weights: Float64Array,
  params: DriftParams,
  seed: number,
): Chart {
  const { enoughChunks: enough, mostChunks: most } = params.reference;
  const limits = new Map<number, ChartLimits>();
  const sizes = new Map<number, Usual>();
  return {
    profile,
    weights,
    params,
    usualFor: (rows) => {
      const size = Math.max(sizeStep, Math.round(rows / sizeStep) * sizeStep);
      const known = sizes.get(size);
      if (known) return known;
      const chunks = chunkDistances(profile, size, { enough, most }, seededRandom(seed + size));
      const power = Math.round(Math.log(size) / Math.log(1.5)) * (chunks.isWarmingUp ? -1 : 1);
      const limit =
        limits.get(power) ?? bootstrapLimits(chunks, weights, params.chart, seededRandom(seed - power));
      limits.set(power, limit);
      const { isWarmingUp, realChunks } = chunks;
      const usual = { scale: distanceScale(chunks.sets.flat()), limits: limit, isWarmingUp, realChunks };
      sizes.set(size, usual);
      return usual;
    },
  };
}
