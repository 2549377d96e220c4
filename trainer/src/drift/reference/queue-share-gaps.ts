import type { WindowSummary } from "./window-summary.ts";

/**
 * By how much the window's share of each queue exceeds the reference's, by position of the schema: -1..1. Shares are means of the calibrated
 * probabilities, the estimate of the classes' shares that Saerens, Latinne and Decaestecker (Adjusting the outputs of a classifier to new a priori
 * probabilities, Neural Computation 2002) begin with. Signed, since a queue that goes on growing must add up over windows, and what only varies must
 * not. NaN where a side has no probabilities.
 */
export function queueShareGaps(
  window: Pick<WindowSummary, "expectedRows">,
  reference: Pick<WindowSummary, "expectedRows">,
): Float64Array {
  const [ofWindow, ofReference] = [total(window.expectedRows), total(reference.expectedRows)];
  return window.expectedRows.map(
    (rows, queue) => rows / ofWindow - (reference.expectedRows[queue] ?? Number.NaN) / ofReference,
  );
}

function total(rows: Float64Array): number {
  return rows.reduce((sum, value) => sum + value, 0);
}
