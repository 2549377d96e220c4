import type { AuditedPrediction } from "../windows/audited-prediction.ts";

/** Sums over audits, by position of the schema's queues: additive, as WindowSummary is. */
export type AuditSummary = {
  /** Audits with the model's probabilities. */
  audits: number;
  /** Of those, the ones whose label is this queue, the sum of its probability, ... */
  readonly labels: Float64Array;
  readonly expected: Float64Array;
  /** ... of its probability where it is the label, and of the squares. */
  readonly hits: Float64Array;
  readonly squares: Float64Array;
};

/** The summary of audits. A label that the schema does not have counts as an audit of none of its queues. */
export function summariseAudits(
  audited: readonly AuditedPrediction[],
  queues: readonly string[],
): AuditSummary {
  const none = () => new Float64Array(queues.length);
  const summary = { audits: 0, labels: none(), expected: none(), hits: none(), squares: none() };
  for (const { label, queueProbabilities } of audited) {
    if (queueProbabilities.length !== queues.length) continue;
    summary.audits += 1;
    queues.forEach((queue, k) => {
      const probability = queueProbabilities[k] ?? 0;
      const isLabel = queue === label ? 1 : 0;
      summary.labels[k] = (summary.labels[k] ?? 0) + isLabel;
      summary.expected[k] = (summary.expected[k] ?? 0) + probability;
      summary.hits[k] = (summary.hits[k] ?? 0) + isLabel * probability;
      summary.squares[k] = (summary.squares[k] ?? 0) + probability ** 2;
    });
  }
  return summary;
}

/** Adds `other`, `times` over, to `summary`; -1 takes it away. */
export function addAuditSummary(summary: AuditSummary, other: AuditSummary, times: number): void {
  summary.audits += times * other.audits;
  for (const kind of ["labels", "expected", "hits", "squares"] as const) {
    other[kind].forEach((value, k) => {
      summary[kind][k] = (summary[kind][k] ?? 0) + times * value;
    });
  }
}
