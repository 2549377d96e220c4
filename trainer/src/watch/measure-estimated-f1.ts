import { estimatePerformance } from "../drift/performance/estimate-performance.ts";
import { dispersionOf, type Sample } from "./sample.ts";

/** One prediction: its label, and the calibrated probability of every label. */
export type JudgedRow = {
  readonly day: string;
  readonly queue: string;
  readonly probabilities: Readonly<Record<string, number>>;
};

/**
 * The macro-F1 that the model's own probabilities promise (estimate-performance.ts), with the variance of a smooth function of means: F1 of
 * a label is 2 H / (P + E), so that a row moves the macro-F1 by the mean over labels of 2 h / (P + E) - 2 H (predicted + p) / (P + E)^2, where h is
 * its probability if the label was predicted (the delta method). Null of no rows.
 */
export function measureEstimatedF1(rows: readonly JudgedRow[]): Sample | null {
  if (rows.length === 0) return null;
  const labels = [
    ...new Set(rows.flatMap(({ queue, probabilities }) => [queue, ...Object.keys(probabilities)])),
  ];
  const at = new Map(labels.map((label, index) => [label, index]));
  const predicted = new Float64Array(labels.length);
  const expectedRows = new Float64Array(labels.length);
  const expectedHits = new Float64Array(labels.length);
  const add = (to: Float64Array, label: string, by: number) => {
    const index = at.get(label) ?? 0;
    to[index] = (to[index] ?? 0) + by;
  };
  for (const { queue, probabilities } of rows) {
    add(predicted, queue, 1);
    add(expectedHits, queue, probabilities[queue] ?? 0);
    for (const [label, probability] of Object.entries(probabilities)) add(expectedRows, label, probability);
  }
  const { macroF1 } = estimatePerformance({
    rows: rows.length,
    queue: predicted,
    expectedHits,
    expectedRows,
  });

  const weights = labels.map((_, k) => {
    const both = (predicted[k] ?? 0) + (expectedRows[k] ?? 0);
    return both < 0.5 ? null : { hit: 2 / both, case: (-2 * (expectedHits[k] ?? 0)) / both ** 2 };
  });
  const counted = weights.filter((weight) => weight !== null).length;
  const days = new Map<string, number>();
  let variance = 0;
  for (const { day, queue, probabilities } of rows) {
    let moved = 0;
    for (const [k, label] of labels.entries()) {
      const weight = weights[k];
      if (!weight) continue;
      const probability = probabilities[label] ?? 0;
      const isPredicted = label === queue;
      if (isPredicted) moved += weight.hit * probability;
      moved += weight.case * (probability + (isPredicted ? 1 : 0));
    }
    moved /= counted;
    variance += moved * moved;
    days.set(day, (days.get(day) ?? 0) + moved);
  }
  return {
    value: macroF1,
    rows: rows.length,
    variance,
    dispersion: dispersionOf([...days.values()], variance),
  };
}
