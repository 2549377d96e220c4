import { standardDeviation } from "simple-statistics";

/**
 * The points at which a number is counted, ascending; the population standard deviation of the reference; and how far a row that is
 * unlike the others can be: the reference's range, or the grid's end where the reference is constant.
 */
export type NumberGrid = {
  readonly points: Float64Array;
  readonly deviation: number;
  readonly range: number;
};

/** Points within the reference's range, and beyond each end of it. */
const pointsWithin = 200;
const pointsBeyond = 8;

/**
 * A grid for one feature: its distinct reference values where there are at most 200, else that many quantiles; beyond both ends points
 * in doubling steps of the standard deviation (half of one, one, two, ...), so that a shift out of the range keeps its size. A constant counts as
 * .001 wide, as everywhere. Counting on a grid makes windows additive, and both sides are rounded alike. Throws RangeError without a value.
 */
export function numberGrid(values: readonly number[]): NumberGrid {
  if (values.length === 0) throw new RangeError("A feature without a present reference value has no grid.");
  const deviation = Math.max(standardDeviation([...values]), 0.001);
  const sorted = Float64Array.from(values).sort();
  const distinct = Float64Array.from(new Set(sorted));
  const within =
    distinct.length <= pointsWithin
      ? distinct
      : Float64Array.from(
          new Set(
            Array.from(
              { length: pointsWithin },
              (_, k) => sorted[Math.round((k / (pointsWithin - 1)) * (sorted.length - 1))] ?? 0,
            ),
          ),
        );
  const steps = Array.from({ length: pointsBeyond }, (_, k) => deviation * 2 ** (k - 1));
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const points = Float64Array.from([
    ...steps.map((step) => least - step).reverse(),
    ...within,
    ...steps.map((step) => most + step),
  ]);
  return { points, deviation, range: most > least ? most - least : (steps.at(-1) ?? 0) };
}

/** Position of the grid's point that is nearest to `value`, which must be finite. */
export function gridPosition({ points }: NumberGrid, value: number): number {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return value - (points[low] ?? 0) <= (points[high] ?? 0) - value ? low : high;
}
