import { standardDeviation } from "simple-statistics";
import { cumulativeGap } from "./cumulative-gap.ts";
import { sortedSample } from "./sorted-sample.ts";
import type { Statistic } from "./statistic.ts";

/** A constant reference counts as this wide, as in Evidently. */
const leastDeviation = 0.001;

/**
 * First Wasserstein distance (earth mover's: the area between the distribution functions) in population standard deviations of the
 * reference, each sample weighing its rows alike (Vallender, 1974, for the one-dimensional form). Never 0 between two finite samples:
 * about 1.1 / sqrt(n) for the smaller one without any drift. Throws RangeError for an empty sample or a value that is not finite.
 */
export function normedWasserstein(reference: ArrayLike<number>, current: ArrayLike<number>): Statistic {
  const [a, b] = [sortedSample(reference), sortedSample(current)];
  const deviation = Math.max(standardDeviation([...a]), leastDeviation);
  return {
    value: cumulativeGap(a, b, 1) / deviation,
    pValue: null,
    estimator: "Wasserstein distance / population standard deviation of the reference",
  };
}
