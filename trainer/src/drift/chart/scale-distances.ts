/** What is usual for each distance: mean and standard deviation over chunks without drift. */
export type DistanceScale = { readonly means: Float64Array; readonly deviations: Float64Array };

/** Distances that vary less than this are not known to vary less, so a single odd row is no event. */
const leastDeviation = 1e-3;

/** More than this many deviations in one window count as this many, so that one odd window does not fill the chart's memory. */
const largestScore = 6;

/**
 * Mean and sample standard deviation of each position over the vectors; NaN (nothing to compare) is passed over. `least` are the deviations
 * that cannot be ruled out by position (ChunkDistances); none where it ends.
 */
export function distanceScale(
  vectors: readonly Float64Array[],
  least: ArrayLike<number> = [],
): DistanceScale {
  const length = vectors[0]?.length ?? 0;
  const means = new Float64Array(length);
  const deviations = new Float64Array(length);
  for (let feature = 0; feature < length; feature += 1) {
    let [count, sum] = [0, 0];
    for (const vector of vectors) {
      const value = vector[feature] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
    }
    const mean = sum / count;
    let squares = 0;
    for (const vector of vectors) {
      const value = vector[feature] ?? Number.NaN;
      if (!Number.isNaN(value)) squares += (value - mean) ** 2;
    }
    means[feature] = mean;
    const deviation = Math.sqrt(squares / Math.max(1, count - 1));
    deviations[feature] = Math.max(deviation, least[feature] ?? 0, leastDeviation);
  }
  return { means, deviations };
}

/**
 * z of each distance: how many deviations above what is usual, -6..6 (winsorised). NaN stays NaN.
 */
export function scaleDistances(distances: Float64Array, { means, deviations }: DistanceScale): Float64Array {
  return distances.map((distance, feature) => {
    const z = (distance - (means[feature] ?? Number.NaN)) / (deviations[feature] ?? 1);
    return Math.min(largestScore, Math.max(-largestScore, z));
  });
}
