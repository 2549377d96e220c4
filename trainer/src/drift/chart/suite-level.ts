/**
 * The level that features worth `share` of the whole weight have reached: the largest limit at which the weighted share of drifted features would
 * be at least `share`. So "share of drifted features >= .30 at limit h" is "level >= h", and the whole suite is one number with one limit.
 * Weights need not sum to 1; -Infinity where all are 0.
 */
export function suiteLevel(smoothed: ArrayLike<number>, weights: ArrayLike<number>, share: number): number {
  let needed = -1e-12;
  for (let feature = 0; feature < weights.length; feature += 1) needed += share * (weights[feature] ?? 0);
  const taken = new Uint8Array(weights.length);
  for (;;) {
    // The largest that is left: a few of them make up the share, so this is cheaper than sorting.
    let [largest, level] = [-1, Number.NEGATIVE_INFINITY];
    for (let feature = 0; feature < weights.length; feature += 1) {
      const value = smoothed[feature] ?? 0;
      if (taken[feature] === 0 && (weights[feature] ?? 0) > 0 && value > level)
        [largest, level] = [feature, value];
    }
    if (largest < 0) return Number.NEGATIVE_INFINITY;
    taken[largest] = 1;
    needed -= weights[largest] ?? 0;
    if (needed <= 0) return level;
  }
}

/** The largest level of a single feature that weighs anything. */
export function singleLevel(smoothed: ArrayLike<number>, weights: ArrayLike<number>): number {
  let level = Number.NEGATIVE_INFINITY;
  for (let feature = 0; feature < weights.length; feature += 1) {
    if ((weights[feature] ?? 0) > 0) level = Math.max(level, smoothed[feature] ?? 0);
  }
  return level;
}

/** Weight of the features at or above `limit`, of the whole weight: the importance-weighted drift share, 0..1. */
export function driftShare(smoothed: ArrayLike<number>, weights: ArrayLike<number>, limit: number): number {
  let [drifted, whole] = [0, 0];
  for (let feature = 0; feature < weights.length; feature += 1) {
    const weight = weights[feature] ?? 0;
    whole += weight;
    if ((smoothed[feature] ?? 0) >= limit) drifted += weight;
  }
  return whole === 0 ? 0 : drifted / whole;
}
