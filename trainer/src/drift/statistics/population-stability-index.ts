import { fillZeros } from "./fill-zeros.ts";
import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Population stability index of two count vectors: sum (r - c) ln(r / c), which is the symmetric Kullback-Leibler divergence
 * (Jeffreys; Siddiqi, Credit Risk Scorecards, 2006, for the name). Zeros are filled (fill-zeros.ts). Its size under no drift
 * grows with the number of bins and shrinks with the rows, so no fixed limit fits. Throws RangeError for other lengths or an empty side.
 */
export function populationStabilityIndex(
  reference: readonly number[],
  current: readonly number[],
): Statistic {
  const shares = pairedShares(reference, current);
  const filled = fillZeros(shares.current);
  const value = fillZeros(shares.reference).reduce((sum, r, k) => {
    const c = filled[k] ?? 1;
    return sum + (r - c) * Math.log(r / c);
  }, 0);
  return { value, pValue: null, estimator: "population stability index" };
}
