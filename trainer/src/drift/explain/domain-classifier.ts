import { normalSurvival } from "../special/normal-survival.ts";
import type { Statistic } from "../statistics/statistic.ts";
import { fitLogistic } from "./fit-logistic.ts";

export type DomainClassifier = {
  /** Area under the ROC curve of "is this row from the window?", .5 where nobody could tell, 1 where everybody could. */
  readonly statistic: Statistic;
  /** For each window row how surely it is told from the reference: a logit, from a fit that has not seen the row. */
  readonly windowScores: readonly number[];
};

/**
 * Domain-classifier AUC (Lopez-Paz and Oquab, Revisiting classifier two-sample tests, 2017): a logistic regression tells reference vectors from
 * window vectors, fitted on every other row and scored on the rest, both ways (two-fold cross-fitting). p is that of Mann and Whitney's
 * test on the held-out scores (1947, normal approximation, one-sided; a little small, since the folds share a fit). An explanation after an alarm,
 * no alarm of its own. Throws RangeError with fewer than four rows on a side.
 */
export function domainClassifier(
  reference: readonly Float32Array[],
  window: readonly Float32Array[],
): DomainClassifier {
  if (reference.length < 4 || window.length < 4) {
    throw new RangeError("A domain classifier needs four rows of each side.");
  }
  const scores = { reference: new Float64Array(reference.length), window: new Float64Array(window.length) };
  for (const fold of [0, 1]) {
    const isFitted = (_: unknown, row: number) => row % 2 === fold;
    const [a, b] = [reference.filter(isFitted), window.filter(isFitted)];
    const score = fitLogistic([...a, ...b], [...a.map(() => false), ...b.map(() => true)]);
    for (const side of ["reference", "window"] as const) {
      const rows = side === "reference" ? reference : window;
      for (const [row, vector] of rows.entries()) if (row % 2 !== fold) scores[side][row] = score(vector);
    }
  }
  const value = areaUnderCurve(scores.reference, scores.window);
  const [n, m] = [reference.length, window.length];
  const z = (value - 0.5) / Math.sqrt((n + m + 1) / (12 * n * m));
  return {
    statistic: {
      value,
      pValue: normalSurvival(z),
      estimator: "domain-classifier AUC, two-fold cross-fitted",
    },
    windowScores: [...scores.window],
  };
}

/** Share of pairs in which the positive scores higher; half for a tie (Mann-Whitney U by mid-ranks). O(n log n). */
function areaUnderCurve(negatives: Float64Array, positives: Float64Array): number {
  const all = [
    ...Array.from(negatives, (score) => ({ score, isPositive: false })),
    ...Array.from(positives, (score) => ({ score, isPositive: true })),
  ].sort((a, b) => a.score - b.score);
  let [below, sum, at] = [0, 0, 0];
  while (at < all.length) {
    let [end, ties, wins] = [at, 0, 0];
    while (end < all.length && all[end]?.score === all[at]?.score) {
      if (all[end]?.isPositive) wins += 1;
      else ties += 1;
      end += 1;
    }
    sum += wins * (below + ties / 2);
    below += ties;
    at = end;
  }
  return sum / (negatives.length * positives.length);
}
