import { kolmogorovSurvival } from "../special/kolmogorov-survival.ts";
import { sortedSample } from "./sorted-sample.ts";
import type { Statistic } from "./statistic.ts";

/** Up to so many rows in the larger sample p is exact, as in scipy.stats.ks_2samp (method "auto"). */
const exactUpTo = 10_000;

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided: the largest distance between the empirical distribution functions, 0..1.
 * p by counting lattice paths (Hodges, The significance probability of the Smirnov two-sample test, Arkiv för Matematik 3, 1958)
 * up to 10,000 rows, beyond by the one-sample distribution for n m / (n + m) rows. Ties make the exact p too large, never
 * too small. Throws RangeError for an empty sample or a value that is not finite.
 */
export function kolmogorovSmirnov(reference: ArrayLike<number>, current: ArrayLike<number>): Statistic {
  const [a, b] = [sortedSample(reference), sortedSample(current)];
  const value = largestDistance(a, b);
  const exact = Math.max(a.length, b.length) <= exactUpTo;
  const pValue = exact
    ? exactSurvival(value, a.length, b.length)
    : kolmogorovSurvival(value, roundHalfEven((a.length * b.length) / (a.length + b.length)));
  return {
    value,
    pValue: Math.min(1, Math.max(0, pValue)),
    estimator: `two-sample Kolmogorov-Smirnov, ${exact ? "exact p" : "asymptotic p"}`,
  };
}

function largestDistance(a: Float64Array, b: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** P(D >= d), d in steps of 1 / lcm(n, m). */
function exactSurvival(d: number, n: number, m: number): number {
  const divisor = greatestCommonDivisor(n, m);
  const steps = Math.round(d * (n / divisor) * m);
  if (steps === 0) return 1;
  return n === m ? equalSizes(n, steps) : lattice(n, m, divisor, steps);
}

/**
 * n = m: 2 (q_1 - q_2 + q_3 - ...), q_k = C(2n, n - k h) / C(2n, n), by reflection (Gnedenko and Korolyuk, 1951), nested from the
 * inside so that neighbours cancel before they grow.
 */
function equalSizes(n: number, h: number): number {
  let outside = 0;
  for (let k = Math.floor(n / h); k >= 0; k -= 1) {
    let ratio = 1;
    for (let j = 0; j < h; j += 1) ratio *= (n - k * h - j) / (n + k * h + j + 1);
    outside = ratio * (1 - outside);
  }
  return 2 * outside;
}

/**
 * A path from (0, 0) to (x, y), each as likely as another, came by (x - 1, y) with probability x / (x + y). So the share of paths
 * that ever left the band |x / n - y / m| < d is x / (x + y) of it there plus y / (x + y) of it at (x, y - 1), and 1
 * outside the band. Averages of probabilities: nothing cancels. One column of the band is kept at a time.
 */
function lattice(n: number, m: number, divisor: number, steps: number): number {
  const [long, short] = n >= m ? [n, m] : [m, n];
  const [stepX, stepY] = [short / divisor, long / divisor];
  const left = new Float64Array(short + 1).fill(1);
  for (let y = 0; y <= short && y * stepY < steps; y += 1) left[y] = 0;
  for (let x = 1; x <= long; x += 1) {
    const from = Math.max(0, Math.floor((x * stepX - steps) / stepY) + 1);
    const to = Math.min(short, Math.ceil((x * stepX + steps) / stepY) - 1);
    if (from > to) return 1;
    if (from > 0) left[from - 1] = 1;
    for (let y = from; y <= to; y += 1) {
      const below = y === 0 ? 0 : (left[y - 1] ?? 1);
      left[y] = ((left[y] ?? 1) * x + below * y) / (x + y);
    }
  }
  return left[short] ?? 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
