/**
 * The values in ascending order, as a copy. Every statistic over numbers begins with it, so that all of them treat bad input alike:
 * RangeError where there is no value or one is not finite. (What is missing is counted and taken out before; see present-values.ts.)
 */
export function sortedSample(values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new RangeError("A sample without values has no statistic.");
  const sorted = Float64Array.from(values).sort();
  // NaN sorts to the end, infinities to the ends.
  if (!Number.isFinite(sorted[0]) || !Number.isFinite(sorted.at(-1))) {
    throw new RangeError(
      "A sample holds a value that is not a finite number: take missing values out before.",
    );
  }
  return sorted;
}
