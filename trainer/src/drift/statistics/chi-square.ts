import { chiSquareSurvival } from "../special/chi-square-survival.ts";
import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Pearson's goodness of fit of the current counts to the reference's shares: sum (o - e)^2 / e with e = r n_c / n_r, K - 1 degrees of
 * freedom, K the categories of either side. This is Evidently's test: it takes the reference for the truth, so its false-alarm
 * rate grows with n_c / n_r (14 % at 200 against 1,000); chi-square-two-sample.ts does not. A category that the reference never
 * saw makes the value infinite and p 0. One category alone: value 0, p 1. Throws RangeError for other lengths or an empty side.
 */
export function chiSquare(reference: readonly number[], current: readonly number[]): Statistic {
  const shares = pairedShares(reference, current).reference;
  const total = current.reduce((sum, count) => sum + count, 0);
  const known = shares.map((share, k) => ({ expected: share * total, observed: current[k] ?? 0 }));
  const cells = known.filter(({ expected, observed }) => expected > 0 || observed > 0);
  const value = cells.reduce((sum, { expected, observed }) => sum + (observed - expected) ** 2 / expected, 0);
  const df = cells.length - 1;
  return {
    value,
    pValue: df === 0 ? 1 : chiSquareSurvival(value, df),
    estimator: "chi-square, goodness of fit to the reference",
  };
}
