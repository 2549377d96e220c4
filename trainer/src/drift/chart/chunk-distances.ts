import { estimatePerformance } from "../performance/estimate-performance.ts";
import type { Profile } from "../reference/build-profile.ts";
import type { EncodedRow } from "../reference/encode-row.ts";
import { featureDistances } from "../reference/feature-distances.ts";
import { queueShareGaps } from "../reference/queue-share-gaps.ts";
import { addSummary, summariseRows, type WindowSummary } from "../reference/window-summary.ts";
import type { Random } from "../seeded-random.ts";

/**
 * How far windows of one size are from the reference while nothing drifts. A vector has the distance of every feature (featureNames), then what
 * CBPE expects of macro-F1, negated, so that larger is worse so far; then the signed gap of each queue's share (queueShareGaps).
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
};

export type ChunkOptions = {
  /** Real chunks below which the chart is warming up (30). */
  readonly enough: number;
  /** Most chunks that are used, the newest ones (60). */
  readonly most: number;
};

/** While warming up: stand-ins of the reference, windows drawn for each, and contiguous rows that are drawn together. */
const [standIns, windowsEach, blockRows] = [20, 12, 20];

/**
 * The distances of `size`-row windows under no drift. From history that holds `enough` of them: time-contiguous chunks of rows, each
 * against all other rows (leave-one-out), so that weekdays and odd days are part of what is usual. From less: reference and window are
 * both drawn anew from the rows there are, in blocks of neighbours (moving-block bootstrap, Künsch 1989). O(rows * features).
 */
export function chunkDistances(
  profile: Profile,
  size: number,
  options: ChunkOptions,
  random: Random,
): ChunkDistances {
  const chunks = profile.isHistory ? contiguousChunks(profile.rows, size).slice(-options.most) : [];
  if (chunks.length >= options.enough) {
    const vectors = chunks.map((chunk) => leaveOneOut(chunk, profile));
    return { sets: [vectors], realChunks: chunks.length, isWarmingUp: false };
  }
  const sets = Array.from({ length: standIns }, () => {
    const reference = summariseRows(drawBlocks(profile.rows, profile.rows.length, random), profile.encoding);
    return Array.from({ length: windowsEach }, () => {
      const window = summariseRows(drawBlocks(profile.rows, size, random), profile.encoding);
      return distanceVector(window, reference, profile);
    });
  });
  return { sets, realChunks: chunks.length, isWarmingUp: true };
}

/** Distances of a window from the reference, in the order of ChunkDistances. */
export function distanceVector(
  window: WindowSummary,
  reference: WindowSummary,
  { encoding }: Profile,
): Float64Array {
  const distances = featureDistances(window, reference, encoding);
  const gaps = queueShareGaps(window, reference);
  return Float64Array.from([...distances, -estimatePerformance(window).macroF1, ...gaps]);
}

function leaveOneOut(chunk: readonly EncodedRow[], profile: Profile): Float64Array {
  const window = summariseRows(chunk, profile.encoding);
  const rest = summariseRows([], profile.encoding);
  addSummary(rest, profile.total, 1);
  addSummary(rest, window, -1);
  return distanceVector(window, rest, profile);
}

/** Full chunks, counted from the newest row back. */
function contiguousChunks(rows: readonly EncodedRow[], size: number): EncodedRow[][] {
  const count = Math.floor(rows.length / size);
  const first = rows.length - count * size;
  return Array.from({ length: count }, (_, k) => rows.slice(first + k * size, first + (k + 1) * size));
}

/** `size` rows in runs of neighbours, with replacement. */
function drawBlocks(rows: readonly EncodedRow[], size: number, random: Random): EncodedRow[] {
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
