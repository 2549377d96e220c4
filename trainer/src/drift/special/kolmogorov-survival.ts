/**
 * P(D_n >= d) of the two-sided one-sample Kolmogorov-Smirnov statistic for `n` observations (scipy's kstwo.sf), n >= 1 whole.
 * Which formula is good where follows Simard and L'Ecuyer, Computing the Two-Sided Kolmogorov-Smirnov Distribution (Journal of
 * Statistical Software 39(11), 2011), as scipy has it: Ruben and Gambino at the ends, twice the one-sided probability in
 * the tail, Durbin's matrix for small n d^1.5, else the series of Pelz and Good. Throws RangeError for another n.
 */
export function kolmogorovSurvival(d: number, n: number): number {
  if (!(Number.isInteger(n) && n >= 1))
    throw new RangeError(`${n} observations: a whole number from 1 on is needed.`);
  const t = n * d;
  if (t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - Math.exp(logFactorialOverPower(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  const squared = t * d;
  if (d >= 0.5 || squared > (n <= 140 ? 4 : 2.2))
    return squared >= 370 ? 0 : Math.min(1, 2 * oneSidedSurvival(d, n));
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return 1 - durbinMatrix(d, n);
  return Math.min(1, Math.max(0, 1 - pelzGood(d, n)));
}

/** ln(n! / n^n). */
function logFactorialOverPower(n: number): number {
  let sum = 0;
  for (let k = 1; k <= n; k += 1) sum += Math.log(k / n);
  return sum;
}

/**
 * P(D+_n >= d), exactly: d sum_j C(n, j) (1 - d - j/n)^(n - j) (d + j/n)^(j - 1), 0 <= j <= n (1 - d) (Smirnov 1944; all
 * terms are positive). Terms are made of logarithms, for they span hundreds of orders of magnitude.
 */
function oneSidedSurvival(d: number, n: number): number {
  let sum = 0;
  let logChoose = 0;
  for (let j = 0; j <= n * (1 - d); j += 1) {
    if (j > 0) logChoose += Math.log((n - j + 1) / j);
    const base = 1 - d - j / n;
    if (base > 0) sum += Math.exp(logChoose + (n - j) * Math.log(base) + (j - 1) * Math.log(d + j / n));
  }
  return d * sum;
}

/**
 * P(D_n < d), exactly: n! / n^n times the middle element of H^n, where H is Durbin's matrix of side 2 ceil(n d) - 1
 * (Durbin 1973; Marsaglia, Tsang and Wang, Evaluating Kolmogorov's Distribution, Journal of Statistical Software 8(18), 2003).
 */
function durbinMatrix(d: number, n: number): number {
  const k = Math.ceil(n * d);
  const h = k - n * d;
  const side = 2 * k - 1;
  const matrix = new Float64Array(side * side);
  const factorials = [1];
  for (let i = 1; i <= side; i += 1) factorials.push((factorials[i - 1] ?? 1) * i);
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j <= Math.min(i + 1, side - 1); j += 1) {
      let entry = 1;
      if (j === 0) entry -= h ** (i + 1);
      if (i === side - 1) entry -= h ** (side - j);
      if (i === side - 1 && j === 0) entry += Math.max(0, 2 * h - 1) ** side;
      matrix[i * side + j] = entry / (factorials[i - j + 1] ?? 1);
    }
  }
  const { power, logScale } = matrixPower(matrix, side, n);
  const middle = power[(k - 1) * side + (k - 1)] ?? 0;
  return Math.exp(Math.log(middle) + logScale + logFactorialOverPower(n));
}

/** H^n = power * e^logScale, by repeated squaring; scaled as it goes, so that nothing overflows. */
function matrixPower(
  matrix: Float64Array,
  side: number,
  n: number,
): { power: Float64Array; logScale: number } {
  let power = new Float64Array(side * side);
  for (let i = 0; i < side; i += 1) power[i * side + i] = 1;
  let logScale = 0;
  let square: Float64Array = matrix;
  let squareScale = 0;
  for (let exponent = n; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) {
      power = multiply(power, square, side);
      logScale += squareScale + rescale(power);
    }
    square = multiply(square, square, side);
    squareScale = 2 * squareScale + rescale(square);
  }
  return { power, logScale };
}

function multiply(a: Float64Array, b: Float64Array, side: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(side * side);
  for (let i = 0; i < side; i += 1) {
    for (let k = 0; k < side; k += 1) {
      const factor = a[i * side + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < side; j += 1) {
        const at = i * side + j;
        product[at] = (product[at] ?? 0) + factor * (b[k * side + j] ?? 0);
      }
    }
  }
  return product;
}

/** Divides by the largest entry and returns its logarithm. */
function rescale(matrix: Float64Array): number {
  const largest = matrix.reduce((most, entry) => Math.max(most, entry), 0);
  for (const [at, entry] of matrix.entries()) matrix[at] = entry / largest;
  return Math.log(largest);
}

/**
 * P(D_n < d) up to O(1 / n^2): K0 + K1 / n^.5 + K2 / n + K3 / n^1.5 at z = d sqrt(n) (Pelz and Good, Journal of the Royal
 * Statistical Society B 38, 1976, in the form that converges fast for small z).
 */
function pelzGood(d: number, n: number): number {
  const z = d * Math.sqrt(n);
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8];
  const [pi2, pi4, pi6] = [Math.PI ** 2, Math.PI ** 4, Math.PI ** 6];
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  const terms = Math.ceil((16 * z) / Math.PI);
  for (let k = terms; k >= 0; k -= 1) {
    const u2 = (k + 0.5) ** 2;
    const e = Math.exp((-pi2 * u2) / (2 * z2));
    k0 += e;
    k1 += (pi2 * u2 - z2) * e;
    k2 += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * u2 + pi4 * (1 - 2 * z2) * u2 ** 2) * e;
    k3 +=
      (-30 * z6 -
        90 * z8 +
        pi2 * (135 * z4 - 96 * z6) * u2 +
        pi4 * (212 * z4 - 60 * z2) * u2 ** 2 +
        pi6 * (5 - 30 * z2) * u2 ** 3) *
      e;
  }
  let [whole2, whole3] = [0, 0];
  for (let k = terms; k >= 1; k -= 1) {
    const e = Math.exp((-pi2 * k ** 2) / (2 * z2));
    whole2 += pi2 * k ** 2 * e;
    whole3 += (3 * pi2 * k ** 2 * z2 - pi4 * k ** 4) * e;
  }
  const first = k0 / z;
  const second = k1 / (6 * z4);
  const third = k2 / (72 * z ** 7) - whole2 / (36 * z ** 3);
  const fourth = k3 / (6480 * z ** 10) + whole3 / (216 * z6);
  return Math.sqrt(2 * Math.PI) * (first + second / Math.sqrt(n) + third / n + fourth / n ** 1.5);
}
