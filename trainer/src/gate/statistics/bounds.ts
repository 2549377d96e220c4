import type { DrawnDifference } from "./paired-draws.ts";

/**
 * One-sided 95 % bootstrap percentile bounds of a difference, and the p-value of "it is not above 0": the share of draws at or below 0,
 * (k + 1) / (B + 1) (Davison and Hinkley, 1997, 4.2). NaN where there are no draws.
 */
export function boundsOf({ draws }: DrawnDifference): { lower: number; upper: number; pNotAbove: number } {
  if (draws.length === 0) return { lower: Number.NaN, upper: Number.NaN, pNotAbove: Number.NaN };
  const notAbove = draws.findIndex((value) => value > 0);
  const count = notAbove === -1 ? draws.length : notAbove;
  return {
    lower: quantile(draws, 0.05),
    upper: quantile(draws, 0.95),
    pNotAbove: (count + 1) / (draws.length + 1),
  };
}

/** Of ascending values, interpolated linearly (type 7 of Hyndman and Fan, 1996; numpy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
