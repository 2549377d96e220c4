import type { AuditedPrediction } from "../windows/audited-prediction.ts";
import { type AuditSummary, addAuditSummary, summariseAudits } from "./audit-summary.ts";
import type { EncodedRow, Encoding } from "./encode-row.ts";
import { weekdayCount } from "./weekday-of.ts";

/**
 * All that the chart reads of a set of rows: counts and sums, and so additive. A window is read once; the reference without one of its chunks
 * is a subtraction. Changed in place by addRow and addSummary.
 */
export type WindowSummary = {
  rows: number;
  /** Rows with a vector, and the sum of their vectors. */
  embedded: number;
  readonly vectorSum: Float64Array;
  /** Counts on each grid of the encoding, one after the other (Encoding.grids). */
  readonly numbers: readonly Float64Array[];
  /** Counts of each label, unknown ones last. */
  readonly queue: Float64Array;
  readonly urgency: Float64Array;
  /** Rows of each cluster, and those far from all of them. */
  readonly occupancy: Float64Array;
  novel: number;
  /** Of each queue: the sum of its probability where it was predicted, and over all rows. See estimate-performance.ts. */
  readonly expectedHits: Float64Array;
  readonly expectedRows: Float64Array;
  /** Rows of each weekday (weekday-of.ts). */
  readonly weekdays: Float64Array;
  /** The audits that became ripe in the same span of time. */
  readonly audits: AuditSummary;
};

/** A summary of no rows. */
export function emptySummary({ schema, grids, clusters, dimensions }: Encoding): WindowSummary {
  return {
    rows: 0,
    embedded: 0,
    vectorSum: new Float64Array(dimensions),
    numbers: grids.map(({ points }) => new Float64Array(points.length)),
    queue: new Float64Array(schema.queues.length + 1),
    urgency: new Float64Array(schema.urgencies.length + 1),
    occupancy: new Float64Array(clusters),
    novel: 0,
    expectedHits: new Float64Array(schema.queues.length),
    expectedRows: new Float64Array(schema.queues.length),
    weekdays: new Float64Array(weekdayCount),
    audits: summariseAudits([], schema.queues),
  };
}

/** The summary of rows, and of the audits beside them. */
export function summariseRows(
  rows: Iterable<EncodedRow>,
  encoding: Encoding,
  audited: readonly AuditedPrediction[] = [],
): WindowSummary {
  const summary = { ...emptySummary(encoding), audits: summariseAudits(audited, encoding.schema.queues) };
  for (const row of rows) addRow(summary, row, encoding.noveltyDistance);
  return summary;
}

function addRow(summary: WindowSummary, row: EncodedRow, noveltyDistance: number): void {
  summary.rows += 1;
  increase(summary.weekdays, row.weekday, 1);
  row.positions.forEach((position, feature) => {
    const counts = summary.numbers[feature];
    if (counts && position >= 0) increase(counts, position, 1);
  });
  increase(summary.queue, row.queue, 1);
  increase(summary.urgency, row.urgency, 1);
  // A label that the schema lacks comes from another model, whose probabilities are of other labels.
  const isKnown = row.queue < summary.expectedRows.length;
  (isKnown ? row.queueProbabilities : []).forEach((probability, k) => {
    increase(summary.expectedRows, k, probability);
    if (k === row.queue) increase(summary.expectedHits, k, probability);
  });
  if (row.embedding === null) return;
  summary.embedded += 1;
  increase(summary.occupancy, row.cluster, 1);
  if (row.clusterDistance > noveltyDistance) summary.novel += 1;
  const { embedding } = row;
  const { vectorSum } = summary;
  for (let k = 0; k < vectorSum.length; k += 1) {
    vectorSum[k] = (vectorSum[k] ?? 0) + (embedding[k] ?? 0);
  }
}

/** Adds `other`, `times` over, to `summary`; -1 takes it away, and what is no whole number weights it. */
export function addSummary(summary: WindowSummary, other: WindowSummary, times: number): void {
  summary.rows += times * other.rows;
  summary.embedded += times * other.embedded;
  summary.novel += times * other.novel;
  addAuditSummary(summary.audits, other.audits, times);
  const pairs: [Float64Array, Float64Array][] = [
    [summary.vectorSum, other.vectorSum],
    [summary.queue, other.queue],
    [summary.urgency, other.urgency],
    [summary.occupancy, other.occupancy],
    [summary.expectedHits, other.expectedHits],
    [summary.expectedRows, other.expectedRows],
    [summary.weekdays, other.weekdays],
    ...summary.numbers.map((counts, feature): [Float64Array, Float64Array] => [
      counts,
      other.numbers[feature] ?? new Float64Array(),
    ]),
  ];
  for (const [to, from] of pairs) from.forEach((value, at) => void increase(to, at, times * value));
}

function increase(counts: Float64Array, at: number, by: number): void {
  counts[at] = (counts[at] ?? 0) + by;
}
