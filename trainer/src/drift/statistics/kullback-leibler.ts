import { fillZeros } from "./fill-zeros.ts";
import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Kullback-Leibler divergence of the reference from the current counts, sum r ln(r / c), nats (Kullback and Leibler, 1951). Zeros
 * are filled (fill-zeros.ts) and shares made to sum to 1 again, as Evidently does through scipy.stats.entropy.
 * Throws RangeError for other lengths or an empty side.
 */
export function kullbackLeibler(reference: readonly number[], current: readonly number[]): Statistic {
  const shares = pairedShares(reference, current);
  const filled = pairedShares(fillZeros(shares.reference), fillZeros(shares.current));
  const value = filled.reference.reduce((sum, r, k) => sum + r * Math.log(r / (filled.current[k] ?? 1)), 0);
  return { value, pValue: null, estimator: "Kullback-Leibler divergence of the reference, nats" };
}
