/**
 * The integral of |F - G|^power over the line, F and G the empirical distribution functions of two sorted samples: the first power gives
 * the Wasserstein distance, the second half the squared energy distance. O(n + m).
 */
export function cumulativeGap(a: Float64Array, b: Float64Array, power: 1 | 2): number {
  let [i, j, sum] = [0, 0, 0];
  let last = Math.min(a[0] ?? 0, b[0] ?? 0);
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    sum += Math.abs(i / a.length - j / b.length) ** power * (value - last);
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    last = value;
  }
  return sum;
}
