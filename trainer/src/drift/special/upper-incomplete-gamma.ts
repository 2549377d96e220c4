import { gammaln } from "simple-statistics";

/**
 * Q(a, x) = Gamma(a, x) / Gamma(a), the regularised upper incomplete gamma function, for a > 0 and x >= 0; 0..1, with small
 * relative error far into the tail (1e-13 against scipy down to 1e-56). Below x = a + 1 the power series of P = 1 - Q (NIST
 * Digital Library of Mathematical Functions, 8.11.4), above it the continued fraction (8.9.2) by Lentz's method. Throws RangeError
 * for another a or x.
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0))
    throw new RangeError(`Q(${a}, ${x}) is not defined: a > 0 and x >= 0 are needed.`);
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const factor = Math.exp(a * Math.log(x) - x - gammaln(a));
  return x < a + 1 ? 1 - factor * powerSeries(a, x) : factor * continuedFraction(a, x);
}

/** Terms after which either expansion has long converged, or never will. */
const maxTerms = 100_000;

/** sum of x^k / (a (a + 1) ... (a + k)), k = 0, 1, ... */
function powerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < maxTerms && term > sum * Number.EPSILON; k += 1) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))) */
function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < maxTerms; k += 1) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) break;
  }
  return fraction;
}
