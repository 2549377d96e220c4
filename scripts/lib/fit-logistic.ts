/** Coefficients of a logistic model, one for each column of the rows. */
export type LogisticFit = readonly number[];

/**
 * Logistic regression by Newton's method with an L2 penalty on every column but the first (the intercept), which keeps
 * separable data finite (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 4.4). `weights` are case
 * weights. Throws RangeError for rows of unequal length.
 */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  { penalty = 1, weights = rows.map(() => 1), steps = 50 } = {},
): LogisticFit {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw new RangeError("rows of unequal length");
  let coefficients = new Array<number>(width).fill(0);
  for (let step = 0; step < steps; step += 1) {
    const gradient = coefficients.map((value, i) => (i === 0 ? 0 : -penalty * value));
    const hessian = coefficients.map((_, i) =>
      coefficients.map((_, j) => (i === j && i > 0 ? penalty : 1e-9)),
    );
    for (const [index, row] of rows.entries()) {
      const probability = sigmoid(dot(row, coefficients));
      const weight = weights[index] ?? 1;
      const residual = (labels[index] ? 1 : 0) - probability;
      for (let i = 0; i < width; i += 1) {
        gradient[i] = at(gradient, i) + weight * residual * at(row, i);
        const hessianRow = hessian[i] ?? [];
        for (let j = 0; j < width; j += 1) {
          hessianRow[j] =
            at(hessianRow, j) + weight * probability * (1 - probability) * at(row, i) * at(row, j);
        }
      }
    }
    const change = solve(hessian, gradient);
    coefficients = coefficients.map((value, i) => value + at(change, i));
    if (Math.max(...change.map(Math.abs)) < 1e-9) break;
  }
  return coefficients;
}

export const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

export const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * at(b, i), 0);

const at = (values: readonly number[], index: number) => values[index] ?? 0;

/** Gaussian elimination with partial pivoting; the matrix is positive definite through the penalty. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, at(right, i)]);
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(at(row, column)) > Math.abs(at(best, column)) ? row : best));
    const place = rows.indexOf(pivot);
    [rows[column], rows[place]] = [pivot, rows[column] ?? pivot];
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = at(row, column) / at(pivot, column);
      for (let k = column; k <= rows.length; k += 1) row[k] = at(row, k) - factor * at(pivot, k);
    }
  }
  return rows.map((row, i) => at(row, rows.length) / at(row, i));
}
