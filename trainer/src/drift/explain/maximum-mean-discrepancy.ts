import type { Random } from "../seeded-random.ts";
import type { Statistic } from "../statistics/statistic.ts";

/**
 * Squared maximum mean discrepancy, unbiased, with a Gaussian kernel whose width is the median distance (Gretton et al., A Kernel Two-Sample Test, JMLR
 * 2012). p by permuting which rows are whose: (k + 1) / (B + 1), k of B permutations at least as large (Phipson and Smyth, 2010), so never 0.
 * O((n + m)^2 (dimensions + B)): give it some hundred rows of each side. Throws RangeError with fewer than two rows on a side.
 */
export function maximumMeanDiscrepancy(
  reference: readonly Float32Array[],
  window: readonly Float32Array[],
  permutations: number,
  random: Random,
): Statistic {
  if (reference.length < 2 || window.length < 2) throw new RangeError("MMD needs two rows of each side.");
  const kernel = gaussianKernel([...reference, ...window]);
  const size = reference.length + window.length;
  const order = Uint32Array.from({ length: size }, (_, row) => row);
  const value = discrepancy(kernel, order, reference.length);
  let atLeast = 0;
  for (let permutation = 0; permutation < permutations; permutation += 1) {
    for (let at = size - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      const kept = order[at] ?? 0;
      order[at] = order[other] ?? 0;
      order[other] = kept;
    }
    if (discrepancy(kernel, order, reference.length) >= value) atLeast += 1;
  }
  return {
    value,
    pValue: (atLeast + 1) / (permutations + 1),
    estimator: `MMD^2, Gaussian kernel of median width, ${permutations} permutations`,
  };
}

function gaussianKernel(vectors: readonly Float32Array[]): { values: Float64Array; size: number } {
  const size = vectors.length;
  const values = new Float64Array(size * size);
  const distances: number[] = [];
  for (const [i, a] of vectors.entries()) {
    for (let j = 0; j < i; j += 1) {
      const b = vectors[j] ?? a;
      let distance = 0;
      for (let k = 0; k < a.length; k += 1) distance += ((a[k] ?? 0) - (b[k] ?? 0)) ** 2;
      values[i * size + j] = distance;
      values[j * size + i] = distance;
      distances.push(distance);
    }
  }
  const median = distances.sort((a, b) => a - b)[distances.length >> 1] || 1;
  return { values: values.map((distance) => Math.exp(-distance / (2 * median))), size };
}

/** Mean kernel within each side, without a row and itself, less twice the mean between them; the first `n` of `order` are one side. */
function discrepancy(
  { values, size }: { values: Float64Array; size: number },
  order: Uint32Array,
  n: number,
): number {
  let [within, without, between] = [0, 0, 0];
  for (let i = 0; i < size; i += 1) {
    const row = (order[i] ?? 0) * size;
    for (let j = 0; j < i; j += 1) {
      const kernel = values[row + (order[j] ?? 0)] ?? 0;
      if (i < n) within += kernel;
      else if (j < n) between += kernel;
      else without += kernel;
    }
  }
  const m = size - n;
  return (2 * within) / (n * (n - 1)) + (2 * without) / (m * (m - 1)) - (2 * between) / (n * m);
}
