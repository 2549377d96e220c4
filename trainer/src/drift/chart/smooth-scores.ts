/**
 * One step of an exponentially weighted moving average in each feature: E = (1 - weight) E + weight z (Roberts, Control chart tests based on
 * geometric moving averages, Technometrics 1959). Where z is NaN, E stays; before the first window E is 0, what no drift gives on average.
 */
export function smoothScores(before: ArrayLike<number>, scores: Float64Array, weight: number): Float64Array {
  return scores.map((z, feature) => {
    const last = before[feature] ?? 0;
    return Number.isNaN(z) ? last : (1 - weight) * last + weight * z;
  });
}
