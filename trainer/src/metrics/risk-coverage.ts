/** If only the share `coverage` of most confident rows were answered, the share `risk` of them would be wrong. */
export type RiskCoveragePoint = { readonly coverage: number; readonly risk: number };

/**
 * The risk-coverage curve of a classifier that may abstain (El-Yaniv and Wiener, 2010) and the area under it (AURC, Geifman and
 * El-Yaniv, 2019: the mean of risk over all coverages k/n; less is better). Rows of one confidence stand or fall together: within a tie
 * errors are spread evenly, so that the order of rows does not matter. No rows: no points, area 0.
 */
export function riskCoverage(
  confidences: readonly number[],
  correct: readonly boolean[],
): { points: RiskCoveragePoint[]; area: number } {
  const order = [...confidences.keys()].sort((a, b) => (confidences[b] ?? 0) - (confidences[a] ?? 0));
  const rows = order.length;
  const points: RiskCoveragePoint[] = [];
  let errors = 0;
  let riskSum = 0;
  for (let start = 0; start < rows; ) {
    const confidence = confidences[order[start] ?? 0];
    let end = start;
    let errorsHere = 0;
    while (end < rows && confidences[order[end] ?? 0] === confidence) {
      errorsHere += correct[order[end] ?? 0] ? 0 : 1;
      end += 1;
    }
    for (let taken = 1; taken <= end - start; taken += 1) {
      riskSum += (errors + (errorsHere * taken) / (end - start)) / (start + taken);
    }
    errors += errorsHere;
    points.push({ coverage: end / rows, risk: errors / end });
    start = end;
  }
  return { points, area: rows === 0 ? 0 : riskSum / rows };
}
