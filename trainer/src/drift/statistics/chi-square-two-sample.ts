import { chiSquareSurvival } from "../special/chi-square-survival.ts";
import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Pearson's chi-square test of homogeneity, both samples random: expected counts from the pooled shares, K - 1 degrees of freedom, no
 * continuity correction (scipy.stats.chi2_contingency, correction=False). One category alone: value 0, p 1.
 * Throws RangeError for other lengths or an empty side.
 */
export function chiSquareTwoSample(reference: readonly number[], current: readonly number[]): Statistic {
  pairedShares(reference, current);
  const [ofReference, ofCurrent] = [total(reference), total(current)];
  let value = 0;
  let categories = 0;
  for (const [k, r] of reference.entries()) {
    const c = current[k] ?? 0;
    if (r + c === 0) continue;
    categories += 1;
    value += (r * ofCurrent - c * ofReference) ** 2 / (ofReference * ofCurrent * (r + c));
  }
  return {
    value,
    pValue: categories === 1 ? 1 : chiSquareSurvival(value, categories - 1),
    estimator: "chi-square, two samples",
  };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
