import { sortedSample } from "../statistics/sorted-sample.ts";

/**
 * Counts of two samples in common bins of equal width over both, as numpy.histogram with bins="sturges" makes them: width =
 * range / (log2 N + 1), ceil(range / width) bins, the last one closed (Sturges, The choice of a class interval, 1926).
 * Where all values are one, it is a single bin. Throws RangeError for an empty sample or a value that is not finite.
 */
export function sturgesBins(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): { edges: number[]; reference: number[]; current: number[] } {
  const [a, b] = [sortedSample(reference), sortedSample(current)];
  const least = Math.min(a[0] ?? 0, b[0] ?? 0);
  const most = Math.max(a.at(-1) ?? 0, b.at(-1) ?? 0);
  const range = most - least;
  if (range === 0) return { edges: [least - 0.5, most + 0.5], reference: [a.length], current: [b.length] };
  const width = range / (Math.log2(a.length + b.length) + 1);
  const bins = Math.ceil(range / width);
  const edges = Array.from({ length: bins + 1 }, (_, k) => (k === bins ? most : least + k * (range / bins)));
  return { edges, reference: countInBins(a, edges), current: countInBins(b, edges) };
}

function countInBins(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value >= (edges[bin + 1] ?? 0)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
