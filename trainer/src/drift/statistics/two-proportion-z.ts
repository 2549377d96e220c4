import { normalSurvival } from "../special/normal-survival.ts";
import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Two-proportion z test, two-sided, with the pooled share: z = (p_r - p_c) / sqrt(p (1 - p) (1 / n_r + 1 / n_c)), of the
 * share of the first of at most two categories; the counts are [first, second?]. One category alone: z 0, p 1. Throws
 * RangeError for more than two categories, other lengths or an empty side.
 */
export function twoProportionZ(reference: readonly number[], current: readonly number[]): Statistic {
  if (reference.length > 2)
    throw new RangeError(`The z test compares two categories, not ${reference.length}.`);
  const shares = pairedShares(reference, current);
  const [ofReference, ofCurrent] = [total(reference), total(current)];
  const pooled = ((reference[0] ?? 0) + (current[0] ?? 0)) / (ofReference + ofCurrent);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / ofReference + 1 / ofCurrent));
  const difference = (shares.reference[0] ?? 0) - (shares.current[0] ?? 0);
  const value = deviation === 0 ? 0 : difference / deviation;
  return {
    value,
    pValue: Math.min(1, 2 * normalSurvival(Math.abs(value))),
    estimator: "two-proportion z, pooled",
  };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
