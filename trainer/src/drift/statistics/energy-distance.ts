import { cumulativeGap } from "./cumulative-gap.ts";
import { sortedSample } from "./sorted-sample.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Energy distance of two samples: sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|) = sqrt(2 integral (F - G)^2) (Székely and Rizzo, Energy
 * statistics, 2013; scipy.stats.energy_distance). In the unit of the square root of the values, so it depends on their scale.
 * Throws RangeError for an empty sample or a value that is not finite.
 */
export function energyDistance(reference: ArrayLike<number>, current: ArrayLike<number>): Statistic {
  const value = Math.sqrt(2 * cumulativeGap(sortedSample(reference), sortedSample(current), 2));
  return { value, pValue: null, estimator: "energy distance" };
}
