import type { DriftRow, DriftSchema } from "../windows/drift-row.ts";
import type { MeanMetric } from "./mean-metric.ts";
import { gridPosition, type NumberGrid } from "./number-grid.ts";
import { weekdayOf } from "./weekday-of.ts";

/** What is needed to place a row: learnt from the reference, the same for every window. */
export type Encoding = {
  readonly schema: DriftSchema;
  /** Whether the reference has the weekdays of live traffic; else all of its rows count as one. */
  readonly hasWeekdays: boolean;
  /** One grid for each numeric feature, then one for the top probability and one for the entropy. */
  readonly grids: readonly NumberGrid[];
  readonly clusters: number;
  readonly dimensions: number;
  /** The nearest centroid of a vector, and the squared distance to it. */
  readonly nearest: (vector: Float32Array) => { readonly index: number; readonly distance: number };
  /** A vector farther (squared distance) from its nearest centroid than 99 % of the reference is new. */
  readonly noveltyDistance: number;
  /** Inverse of the reference's covariance with a ridge, of the vectors; see mean-metric.ts. */
  readonly metric: MeanMetric;
};

/** A row, placed: positions on grids and among labels. */
export type EncodedRow = {
  /** When it was asked, milliseconds since 1970, and the weekday (weekday-of.ts); 0 without weekdays. */
  readonly at: number;
  readonly weekday: number;
  /** Position on each grid; -1 where the value is missing. */
  readonly positions: Int16Array;
  /** Index of the label; the number of labels where the schema does not have it. */
  readonly queue: number;
  readonly urgency: number;
  /** Index of the nearest centroid; -1 without a vector. */
  readonly cluster: number;
  /** Squared distance to it; NaN without a vector. */
  readonly clusterDistance: number;
  readonly embedding: Float32Array | null;
  readonly queueProbabilities: readonly number[];
};

/** Places a row. A value that is missing stays missing; a label that is unknown counts as "other". */
export function encodeRow(
  row: DriftRow,
  encoding: Pick<Encoding, "schema" | "hasWeekdays" | "grids" | "nearest">,
): EncodedRow {
  const { schema, hasWeekdays, grids, nearest } = encoding;
  const numbers = [...Array.from(row.numeric), ...certainty(row.queueProbabilities)];
  const place = row.embedding === null ? null : nearest(row.embedding);
  return {
    at: row.at,
    weekday: hasWeekdays ? weekdayOf(row.at) : 0,
    positions: Int16Array.from(grids, (grid, at) => {
      const value = numbers[at] ?? Number.NaN;
      return Number.isFinite(value) ? gridPosition(grid, value) : -1;
    }),
    queue: labelIndex(schema.queues, row.queue),
    urgency: labelIndex(schema.urgencies, row.urgency),
    cluster: place?.index ?? -1,
    clusterDistance: place?.distance ?? Number.NaN,
    embedding: row.embedding,
    queueProbabilities: row.queueProbabilities,
  };
}

/** [largest probability, entropy in nats] of a distribution; both missing where there is none. */
export function certainty(probabilities: readonly number[]): [number, number] {
  if (probabilities.length === 0) return [Number.NaN, Number.NaN];
  const entropy = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return [Math.max(...probabilities), entropy];
}

function labelIndex(labels: readonly string[], label: string): number {
  const index = labels.indexOf(label);
  return index < 0 ? labels.length : index;
}
