/** Rows of about one confidence: what the model promised, and what it kept. */
export type ReliabilityBin = {
  readonly rows: number;
  readonly confidence: number;
  readonly accuracy: number;
};

/**
 * Rows in up to `bins` bins of equal mass (sizes differ by at most one), from the least confident to the most: the points of a
 * reliability diagram. `confidence` and `accuracy` are means, 0..1. Fewer rows than bins give one bin a row; no rows, none.
 */
export function reliabilityBins(
  confidences: readonly number[],
  correct: readonly boolean[],
  bins = 15,
): ReliabilityBin[] {
  const order = [...confidences.keys()].sort((a, b) => (confidences[a] ?? 0) - (confidences[b] ?? 0));
  const count = Math.min(bins, order.length);
  return Array.from({ length: count }, (_, bin) => {
    const rows = order.slice(
      Math.floor((bin * order.length) / count),
      Math.floor(((bin + 1) * order.length) / count),
    );
    const mean = (measure: (row: number) => number) =>
      rows.reduce((sum, row) => sum + measure(row), 0) / rows.length;
    return {
      rows: rows.length,
      confidence: mean((row) => confidences[row] ?? 0),
      accuracy: mean((row) => (correct[row] ? 1 : 0)),
    };
  });
}
