import type { AuditSummary } from "./audit-summary.ts";
import type { WindowSummary } from "./window-summary.ts";

/** Fewer audits say nothing of a window's shares, or of what is usual. */
const leastAudits = 20;

type Audited = Pick<WindowSummary, "expectedRows" | "audits">;

/**
 * By how much the share of each queue among the labels of a window's audits exceeds the reference's, in standard deviations of so many draws, by
 * position of the schema. A blind audit is a fair draw of what people call the tickets, whatever the model does. What chance drew is partly known: where the
 * drawn tickets look more like a queue than all of the window's do, by the model's probabilities, that much is taken off, times
 * the slope of the reference's labels on its probabilities (prediction-powered inference, Angelopoulos et al., Science 2023, with the tuned weight of
 * PPI++). So the better the model, the more an audit says. NaN with fewer than 20 audits on a side, or no probabilities.
 */
export function auditedShareGaps(window: Audited, reference: Audited): Float64Array {
  const [n, known] = [window.audits.audits, reference.audits.audits];
  const rows = window.expectedRows.reduce((sum, value) => sum + value, 0);
  return window.expectedRows.map((expected, queue) => {
    if (n < leastAudits || known < leastAudits) return Number.NaN;
    const usual = (reference.audits.labels[queue] ?? 0) / known;
    const drawn = (window.audits.expected[queue] ?? 0) / n - expected / rows;
    const share = (window.audits.labels[queue] ?? 0) / n - slopeOf(reference.audits, queue) * drawn;
    // A queue that nobody named yet may still be that of one audit.
    const spread = Math.max(usual * (1 - usual), 1 / known);
    return (share - usual) * Math.sqrt(n / spread);
  });
}

/** Least squares of "the label is this queue" on its probability; 0 where the probability does not vary. */
function slopeOf({ audits, labels, expected, hits, squares }: AuditSummary, queue: number): number {
  const mean = (sums: Float64Array) => (sums[queue] ?? 0) / audits;
  const variance = mean(squares) - mean(expected) ** 2;
  return variance > 1e-9 ? (mean(hits) - mean(labels) * mean(expected)) / variance : 0;
}
