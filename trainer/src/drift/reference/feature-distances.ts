import { jensenShannon } from "../statistics/jensen-shannon.ts";
import type { Encoding } from "./encode-row.ts";
import { type MeanMetric, meanGap } from "./mean-metric.ts";
import type { NumberGrid } from "./number-grid.ts";
import type { WindowSummary } from "./window-summary.ts";

/** Names of the distances by position: the numeric features, then what is said of predictions and vectors. */
export function featureNames({ schema }: Pick<Encoding, "schema">): string[] {
  return [...schema.numericNames, ...derivedNames];
}

/** What follows the numeric features. */
export const derivedNames = [
  "top_probability",
  "entropy",
  "predicted_queue",
  "predicted_urgency",
  "embedding_mean",
  "embedding_occupancy",
  "novelty_share",
] as const;

/**
 * The distance of a window from a reference in every feature, by position of featureNames: Wasserstein over the reference's standard deviation
 * for numbers, Jensen-Shannon for predicted labels (with "other") and for the occupancy of the clusters, the unbiased squared distance of
 * the mean vectors, the share of novel vectors. NaN where a side has nothing to compare. No thresholds: these are on scales of
 * their own until scaleDistances says what is usual.
 */
export function featureDistances(
  window: WindowSummary,
  reference: WindowSummary,
  encoding: Encoding,
): Float64Array {
  return Float64Array.from([
    ...encoding.grids.map((grid, feature) =>
      gridWasserstein(window.numbers[feature], reference.numbers[feature], grid),
    ),
    labelDistance(expectedQueues(reference), expectedQueues(window)),
    labelDistance(reference.urgency, window.urgency),
    meanDistance(window, reference, encoding.metric),
    labelDistance(reference.occupancy, window.occupancy),
    window.embedded === 0 ? Number.NaN : window.novel / window.embedded,
  ]);
}

/** As normed-wasserstein.ts, of counts on common points. */
function gridWasserstein(
  window: Float64Array | undefined,
  reference: Float64Array | undefined,
  { points, deviation }: NumberGrid,
): number {
  if (window === undefined || reference === undefined) return Number.NaN;
  const [ofWindow, ofReference] = [total(window), total(reference)];
  if (ofWindow === 0 || ofReference === 0) return Number.NaN;
  let [area, below, belowReference] = [0, 0, 0];
  for (let at = 0; at + 1 < points.length; at += 1) {
    below += window[at] ?? 0;
    belowReference += reference[at] ?? 0;
    const gap = Math.abs(below / ofWindow - belowReference / ofReference);
    area += gap * ((points[at + 1] ?? 0) - (points[at] ?? 0));
  }
  return area / deviation;
}

/**
 * Expected rows of each queue, and those of unknown queues: the sum of probabilities says more than the count of labels, in which a row
 * that was all but a tie weighs like one that was sure.
 */
function expectedQueues({ expectedRows, queue }: WindowSummary): Float64Array {
  return Float64Array.from([...expectedRows, queue.at(-1) ?? 0]);
}

function labelDistance(reference: Float64Array, window: Float64Array): number {
  if (total(reference) === 0 || total(window) === 0) return Number.NaN;
  return jensenShannon([...reference], [...window]).value;
}

/** The distance of the mean vectors, in the metric of the reference. NaN where a side has no vector. */
function meanDistance(window: WindowSummary, reference: WindowSummary, metric: MeanMetric): number {
  const m = window.embedded;
  if (m === 0 || reference.embedded === 0) return Number.NaN;
  const gap = window.vectorSum.map((sum, k) => sum / m - (reference.vectorSum[k] ?? 0) / reference.embedded);
  return meanGap(gap, m, metric);
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
