/** A metric for the difference of two mean vectors. */
export type MeanMetric = {
  readonly dimensions: number;
  /** Lower triangle of the Cholesky factor of covariance + ridge, row by row, with zeros above. */
  readonly factor: Float64Array;
  /** tr((S + ridge)^-1 S): what the squared length is for a single row, on average. */
  readonly expected: number;
};

/**
 * Learns the metric (S + a I)^-1 from reference vectors: S their covariance, a = `ridge` times its mean eigenvalue. A desk's topics are the
 * directions in which its vectors differ most, and Mondays and odd days move the mean along them; a topic that was never there moves it elsewhere.
 * In the plain Euclidean length the first drowns the second. (Hotelling's T^2 with the ridge of Chen, Paul, Prentice and Wang, A regularized
 * Hotelling's T^2 test, JASA 2011; a large ridge gives the Euclidean length back.) O(n d^2 + d^3).
 */
export function meanMetric(vectors: readonly Float32Array[], ridge: number): MeanMetric {
  const dimensions = vectors[0]?.length ?? 0;
  const covariance = covarianceOf(vectors, dimensions);
  let trace = 0;
  for (let k = 0; k < dimensions; k += 1) trace += covariance[k * dimensions + k] ?? 0;
  const regularised = Float64Array.from(covariance);
  const added = Math.max((ridge * trace) / dimensions, 1e-12);
  for (let k = 0; k < dimensions; k += 1) {
    regularised[k * dimensions + k] = (regularised[k * dimensions + k] ?? 0) + added;
  }
  const factor = cholesky(regularised, dimensions);
  return { dimensions, factor, expected: dimensions - added * inverseTrace(factor, dimensions) };
}

/**
 * T = g' (S + a I)^-1 g - tr((S + a I)^-1 S) / m for the gap g between a window's mean of m rows and the reference's: the part that sampling m
 * rows adds is taken off, so that without drift T is about 0, and may be negative.
 */
export function meanGap(gap: Float64Array, m: number, { dimensions, factor, expected }: MeanMetric): number {
  const solved = forwardSolve(factor, gap, dimensions);
  return solved.reduce((sum, value) => sum + value * value, 0) - expected / m;
}

function covarianceOf(vectors: readonly Float32Array[], dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (const vector of vectors) {
    for (let k = 0; k < dimensions; k += 1) mean[k] = (mean[k] ?? 0) + (vector[k] ?? 0) / vectors.length;
  }
  const sums = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (const vector of vectors) {
    for (let k = 0; k < dimensions; k += 1) centred[k] = (vector[k] ?? 0) - (mean[k] ?? 0);
    for (let i = 0; i < dimensions; i += 1) {
      const value = (centred[i] ?? 0) / vectors.length;
      for (let j = 0; j <= i; j += 1) {
        const at = i * dimensions + j;
        sums[at] = (sums[at] ?? 0) + value * (centred[j] ?? 0);
      }
    }
  }
  for (let i = 0; i < dimensions; i += 1) {
    for (let j = 0; j < i; j += 1) sums[j * dimensions + i] = sums[i * dimensions + j] ?? 0;
  }
  return sums;
}

/** Lower triangular L with L L' = the matrix, which must be positive definite (the ridge sees to that). */
function cholesky(matrix: Float64Array, side: number): Float64Array {
  const factor = new Float64Array(side * side);
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * side + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (factor[i * side + k] ?? 0) * (factor[j * side + k] ?? 0);
      factor[i * side + j] = i === j ? Math.sqrt(sum) : sum / (factor[j * side + j] ?? 1);
    }
  }
  return factor;
}

/** x of L x = b. */
function forwardSolve(factor: Float64Array, right: Float64Array, side: number): Float64Array {
  const solved = new Float64Array(side);
  for (let i = 0; i < side; i += 1) {
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (factor[i * side + k] ?? 0) * (solved[k] ?? 0);
    solved[i] = sum / (factor[i * side + i] ?? 1);
  }
  return solved;
}

/** tr((L L')^-1) = the sum of squares of L^-1. */
function inverseTrace(factor: Float64Array, side: number): number {
  let sum = 0;
  for (let column = 0; column < side; column += 1) {
    const unit = new Float64Array(side);
    unit[column] = 1;
    for (const value of forwardSolve(factor, unit, side)) sum += value * value;
  }
  return sum;
}
