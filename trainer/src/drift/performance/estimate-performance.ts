import type { WindowSummary } from "../reference/window-summary.ts";

/** What the model's own calibrated probabilities say of its performance, without a label. */
export type EstimatedPerformance = { readonly accuracy: number; readonly macroF1: number };

/**
 * Confidence-based performance estimation, multiclass (CBPE; NannyML's method): where probabilities are calibrated, the expected number
 * of hits of a class is the sum of its probability over the rows it was predicted for, and its expected rows the sum over all rows;
 * F1 = 2 hits / (predicted + expected). Classes that are neither predicted nor expected (under half a row) do not count. It is
 * blind to concept drift (the same texts, other labels) and flatters texts unlike the training data: trust its drops only. NaN of no rows.
 */
export function estimatePerformance(
  window: Pick<WindowSummary, "rows" | "queue" | "expectedHits" | "expectedRows">,
): EstimatedPerformance {
  const scores: number[] = [];
  let hits = 0;
  for (const [k, expected] of window.expectedRows.entries()) {
    const [predicted, expectedHits] = [window.queue[k] ?? 0, window.expectedHits[k] ?? 0];
    hits += expectedHits;
    if (predicted + expected >= 0.5) scores.push((2 * expectedHits) / (predicted + expected));
  }
  const macroF1 = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { accuracy: hits / window.rows, macroF1 };
}
