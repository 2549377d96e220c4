import { drawNormal } from "../draw-normal.ts";
import { estimatePerformance } from "../performance/estimate-performance.ts";
import { auditedShareGaps } from "../reference/audited-share-gaps.ts";
import type { Profile } from "../reference/build-profile.ts";
import type { EncodedRow } from "../reference/encode-row.ts";
import { featureDistances, featureNames } from "../reference/feature-distances.ts";
import { matchWeekdays, summariseWeekdays, type WeekdaySummaries } from "../reference/match-weekdays.ts";
import { queueShareGaps } from "../reference/queue-share-gaps.ts";
import { addSummary, emptySummary, summariseRows, type WindowSummary } from "../reference/window-summary.ts";
import type { Random } from "../seeded-random.ts";
import type { AuditedPrediction } from "../windows/audited-prediction.ts";

/**
 * How far windows of one size are from the reference while nothing drifts. A vector has the distance of every feature (featureNames), then what
 * CBPE expects of macro-F1, negated, so that larger is worse so far; then the signed gap of each queue's share (queueShareGaps), and
 * last that of each queue's share of the audits (auditedShareGaps).
 */
export type ChunkDistances = {
  /**
   * Sets of vectors. With history there is one set, of leave-one-out distances. While warming up there is a set for each drawn
   * stand-in of the reference: the reference's own error is the same for all windows, so it must be the same within a set.
   */
  readonly sets: readonly (readonly Float64Array[])[];
  /** Chunks of real history among them. */
  readonly realChunks: number;
  readonly isWarmingUp: boolean;
  /** Windows of this size that the reference's rows would fill; below 1 where it is smaller than one. */
  readonly referenceWindows: number;
  /** Audits of a chunk, on average; 0 where too few chunks have enough of them to tell what is usual. */
  readonly usualAudits: number;
  /** Deviations that so few reference rows cannot rule out, by position; see unseenDeviations. */
  readonly leastDeviations: Float64Array;
};

export type ChunkOptions = {
  /** Real chunks below which the chart is warming up (30). */
  readonly enough: number;
  /** Most chunks that are used, the newest ones (60). */
  readonly most: number;
  /** Without any history: how much topics differ between windows; see drawWindow. */
  readonly topicEffect: number;
};

/** While warming up: stand-ins of the reference, and windows drawn for each. */
const [standIns, windowsEach] = [20, 12];

/**
 * The distances of `size`-row windows under no drift. From history that holds `enough` of them: time-contiguous chunks of rows, each
 * against all other rows (leave-one-out), so that weekdays and odd days are part of what is usual. From less history: reference and window are
 * both drawn anew, in blocks as long as a window (moving-block bootstrap, Künsch 1989): shorter ones would make all windows alike. From rows without
 * time: single rows, and topics that differ from window to window as `topicEffect` says (drawWindow). O(rows * features).
 */
export function chunkDistances(
  profile: Profile,
  size: number,
  options: ChunkOptions,
  random: Random,
): ChunkDistances {
  const chunks = profile.isHistory ? contiguousChunks(profile, size).slice(-options.most) : [];
  const common = {
    realChunks: chunks.length,
    referenceWindows: profile.rows.length / size,
    leastDeviations: unseenDeviations(profile),
  };
  if (chunks.length >= options.enough) {
    const vectors = chunks.map((chunk) => leaveOneOut(chunk, profile));
    const audits = chunks.reduce((sum, { audited }) => sum + audited.length, 0) / chunks.length;
    const known = vectors.filter((vector) => !Number.isNaN(vector.at(-1) ?? Number.NaN)).length;
    const usualAudits = known >= options.enough ? audits : 0;
    return { ...common, sets: [vectors], isWarmingUp: false, usualAudits };
  }
  const { rows, encoding, isHistory } = profile;
  const topics = topicsOf(rows);
  const performance = featureNames(encoding).length;
  const drawRows = (count: number) =>
    isHistory
      ? drawBlocks(rows, count, size, random)
      : drawWindow(topics, count, options.topicEffect, random);
  const sets = Array.from({ length: standIns }, () => {
    const drawn = summariseWeekdays(drawRows(rows.length), encoding);
    // What the model expects of itself is compared with the reference's own expectation, which is as uncertain as its rows are few.
    const error = macroF1Of(drawn, profile) - estimatePerformance(profile.total).macroF1;
    return Array.from({ length: windowsEach }, () => {
      const window = summariseRows(drawRows(size), encoding);
      const vector = distanceVector(window, drawn, profile);
      vector[performance] = (vector[performance] ?? Number.NaN) + error;
      return vector;
    });
  });
  return { ...common, sets, isWarmingUp: true, usualAudits: 0 };
}

/** Distances of a window from the reference on the window's weekdays, in the order of ChunkDistances. */
export function distanceVector(
  window: WindowSummary,
  byWeekday: WeekdaySummaries,
  { encoding }: Profile,
): Float64Array {
  const reference = matchWeekdays(byWeekday, window.weekdays, encoding);
  return Float64Array.from([
    ...featureDistances(window, reference, encoding),
    -estimatePerformance(window).macroF1,
    ...queueShareGaps(window, reference),
    ...auditedShareGaps(window, reference),
  ]);
}

function macroF1Of(byWeekday: WeekdaySummaries, { encoding }: Profile): number {
  const whole = emptySummary(encoding);
  for (const summary of byWeekday) addSummary(whole, summary, 1);
  return estimatePerformance(whole).macroF1;
}

/**
 * What the reference's rows do not show: a value that none of n rows has may still be that of 3 in n (the rule of three, Hanley and Lippman-Hand, If
 * nothing goes wrong, is everything all right?, JAMA 1983), and the distance of 3 / n of the rows from one end of a number to the other is then
 * nothing strange. Matters for rare words and a few hundred rows, and vanishes with history.
 */
function unseenDeviations({ rows, encoding }: Profile): Float64Array {
  const unseen = 3 / rows.length;
  return Float64Array.from(encoding.grids, ({ range, deviation }) => (unseen * range) / deviation);
}

function leaveOneOut({ rows, audited }: Chunk, profile: Profile): Float64Array {
  const { encoding } = profile;
  const own = summariseWeekdays(rows, encoding, audited);
  const rest = profile.byWeekday.map((summary, weekday) => {
    const left = emptySummary(encoding);
    addSummary(left, summary, 1);
    addSummary(left, own[weekday] ?? emptySummary(encoding), -1);
    return left;
  });
  return distanceVector(summariseRows(rows, encoding, audited), rest, profile);
}

type Chunk = { readonly rows: readonly EncodedRow[]; readonly audited: readonly AuditedPrediction[] };

/** Full chunks, counted from the newest row back, with the audits that became ripe from one's first row to the next one's. */
function contiguousChunks({ rows, audited }: Profile, size: number): Chunk[] {
  const count = Math.floor(rows.length / size);
  const first = rows.length - count * size;
  return Array.from({ length: count }, (_, k) => {
    const own = rows.slice(first + k * size, first + (k + 1) * size);
    const from = own[0]?.at ?? 0;
    const until = rows[first + (k + 1) * size]?.at ?? Number.POSITIVE_INFINITY;
    return { rows: own, audited: audited.filter(({ at }) => at >= from && at < until) };
  });
}

/** `size` rows in runs of neighbours, with replacement. */
function drawBlocks(
  rows: readonly EncodedRow[],
  size: number,
  blockRows: number,
  random: Random,
): EncodedRow[] {
  const drawn: EncodedRow[] = [];
  while (drawn.length < size) {
    const start = Math.floor(random() * rows.length);
    for (let k = 0; k < blockRows && drawn.length < size; k += 1) {
      const row = rows[(start + k) % rows.length];
      if (row) drawn.push(row);
    }
  }
  return drawn;
}

/** Rows by their cluster, those without a vector together. */
function topicsOf(rows: readonly EncodedRow[]): (readonly EncodedRow[])[] {
  return [...Map.groupBy(rows, ({ cluster }) => cluster).values()];
}

/**
 * `size` rows of one window that nobody has seen: each topic's share is multiplied by exp(effect * normal), once for the window, and rows are
 * drawn from the topics with replacement. Labelled rows do not tell how windows differ, and drawn evenly all would be alike.
 */
function drawWindow(
  topics: readonly (readonly EncodedRow[])[],
  size: number,
  effect: number,
  random: Random,
): EncodedRow[] {
  const bounds: number[] = [];
  let whole = 0;
  for (const { length } of topics) {
    whole += length * Math.exp(effect * drawNormal(random));
    bounds.push(whole);
  }
  return Array.from({ length: size }, () => {
    const place = random() * whole;
    const topic = topics[bounds.findIndex((bound) => place < bound)] ?? [];
    return topic[Math.floor(random() * topic.length)];
  }).filter((row) => row !== undefined);
}
