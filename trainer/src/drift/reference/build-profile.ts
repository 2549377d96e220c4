import { quantile } from "simple-statistics";
import { type Random, seededRandom } from "../seeded-random.ts";
import type { AuditedPrediction } from "../windows/audited-prediction.ts";
import type { DriftRow, DriftSchema } from "../windows/drift-row.ts";
import type { FaultBaseline } from "../windows/find-data-faults.ts";
import { certainty, type EncodedRow, type Encoding, encodeRow } from "./encode-row.ts";
import { kMeans, nearestCentroid, rememberNearest } from "./k-means.ts";
import { summariseWeekdays, type WeekdaySummaries } from "./match-weekdays.ts";
import { meanMetric } from "./mean-metric.ts";
import { numberGrid } from "./number-grid.ts";
import { summariseRows, type WindowSummary } from "./window-summary.ts";

/** The reference: what the desk was like when the serving model was proven. */
export type Profile = {
  readonly encoding: Encoding;
  /** In order of time where `isHistory`. */
  readonly rows: readonly EncodedRow[];
  /** Those that became ripe while the rows came, in order of time. */
  readonly audited: readonly AuditedPrediction[];
  readonly total: WindowSummary;
  /** The same by weekday. */
  readonly byWeekday: WeekdaySummaries;
  readonly baseline: FaultBaseline;
  /** Real windows of live traffic, whose chunks show what days and weeks do; else a labelled set without time. */
  readonly isHistory: boolean;
};

export type ProfileOptions = {
  readonly schema: DriftSchema;
  readonly clusters: number;
  /** Rows that k-means and the covariance of the vectors read. */
  readonly sampleRows: number;
  /** Ridge of that covariance, in shares of its mean eigenvalue; see mean-metric.ts. */
  readonly ridge: number;
  readonly isHistory: boolean;
  /** In order of time; without history they are not compared. */
  readonly audited?: readonly AuditedPrediction[];
};

/**
 * Learns from reference rows (in order of time, near-duplicates collapsed, none of them a training row) what a window is compared with:
 * grids, clusters, the limit of novelty, shares for the data checks. Deterministic for one `random`. O(rows * clusters * 384): about a second for
 * 30,000 rows. Throws RangeError where no row has a vector or a numeric feature has no value.
 */
export function buildProfile(rows: readonly DriftRow[], options: ProfileOptions, random: Random): Profile {
  const { schema, isHistory, audited = [] } = options;
  const vectors = rows.flatMap(({ embedding }) => (embedding === null ? [] : [embedding]));
  const sample = drawSample(vectors, options.sampleRows, random);
  const centroids = kMeans(sample, options.clusters, random);
  const nearest = rememberNearest(centroids);
  const numbers = rows.map((row) => [...Array.from(row.numeric), ...certainty(row.queueProbabilities)]);
  const grids = [...schema.numericNames, "top_probability", "entropy"].map((_, feature) =>
    numberGrid(numbers.map((values) => values[feature] ?? Number.NaN).filter(Number.isFinite)),
  );
  const apart = distancesApart(sample, options.clusters);
  const encoded = rows.map((row): EncodedRow => {
    const placed = encodeRow(row, { schema, hasWeekdays: isHistory, grids, nearest });
    const distance = row.embedding === null ? undefined : apart.get(row.embedding);
    return distance === undefined ? placed : { ...placed, clusterDistance: distance };
  });
  const distances = encoded.map(({ clusterDistance }) => clusterDistance).filter(Number.isFinite);
  const encoding: Encoding = {
    schema,
    hasWeekdays: isHistory,
    grids,
    clusters: centroids.count,
    dimensions: centroids.dimensions,
    nearest,
    noveltyDistance: quantile(distances, 0.99),
    metric: meanMetric(sample, options.ridge),
  };
  return {
    encoding,
    rows: encoded,
    audited,
    total: summariseRows(encoded, encoding, audited),
    byWeekday: summariseWeekdays(encoded, encoding, audited),
    baseline: baselineOf(rows, schema),
    isHistory,
  };
}

/** Parts of the sample that distances are learnt apart from. */
const folds = 5;

/**
 * The squared distance of each vector of the sample from centroids that were learnt without it (cross-fitted). k-means is nearer to the vectors that it
 * has read than to any later one, so with a few hundred of them every window to come would look new.
 */
function distancesApart(sample: readonly Float32Array[], clusters: number): Map<Float32Array, number> {
  // Of its own, so that what the caller draws next does not depend on it.
  const random = seededRandom(1);
  const distances = new Map<Float32Array, number>();
  for (let fold = 0; fold < folds; fold += 1) {
    const others = sample.filter((_, at) => at % folds !== fold);
    if (others.length === 0) return distances;
    const centroids = kMeans(others, clusters, random);
    for (let at = fold; at < sample.length; at += folds) {
      const vector = sample[at];
      if (vector) distances.set(vector, nearestCentroid(vector, centroids).distance);
    }
  }
  return distances;
}

/** `count` of the items, each once, in random order (the first steps of Fisher and Yates); all of them where there are fewer. */
function drawSample<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const pool = [...items];
  const size = Math.min(count, pool.length);
  for (let at = 0; at < size; at += 1) {
    const other = at + Math.floor(random() * (pool.length - at));
    const [a, b] = [pool[at], pool[other]];
    if (a !== undefined && b !== undefined) [pool[at], pool[other]] = [b, a];
  }
  return pool.slice(0, size);
}

function baselineOf(rows: readonly DriftRow[], schema: DriftSchema): FaultBaseline {
  const callers = rows.flatMap(({ caller }) => (caller === null ? [] : [caller]));
  return {
    languages: shares(rows.map(({ language }) => language)),
    commonestShares: schema.numericNames.map((_, position) =>
      largestShare(rows.map(({ numeric }) => String(numeric[position]))),
    ),
    callerShare: largestShare(callers),
  };
}

/** 0 where there is none. A window may hold more values than a call has arguments. */
const largestShare = (values: readonly string[]) =>
  Object.values(shares(values)).reduce((largest, share) => Math.max(largest, share), 0);

function shares(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([value, count]) => [value, count / values.length]));
}
