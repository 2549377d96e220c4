import type { DriftRow } from "./drift-row.ts";

/** Tickets of one hour that say the same: a probable major incident. */
export type Burst = {
  /** Start of the hour, milliseconds since 1970. */
  readonly hour: number;
  /** The first of them, which stands for all. */
  readonly id: string;
  readonly text: string;
  readonly queue: string;
  /** How many rows it stands for, itself included. */
  readonly rows: number;
};

export type Collapsed = {
  /** The rows that count, in order of time: the first of each set of near-duplicates. */
  readonly rows: readonly DriftRow[];
  /** Rows that were left out. */
  readonly duplicates: number;
  /** Sets of at least `burstRows` rows, the largest first. */
  readonly bursts: readonly Burst[];
  /** Ids of all rows of bursts: no training data. */
  readonly burstIds: readonly string[];
};

export type CollapseOptions = {
  /** Rows whose vectors have at least this cosine say the same (.97). */
  readonly cosine: number;
  /** From so many rows of one hour on a set is a burst. */
  readonly burstRows: number;
};

const hourMs = 3_600_000;

/** In an hour with more different texts a row is compared with the last so many of them: a limit on work, not on rows. */
const comparedWith = 1_000;

/**
 * Leaves the first of each set of near-duplicates within a clock hour and counts the others. A row joins the first set whose leader it
 * is near to (leader clustering, Hartigan 1975): a flood of copies costs one comparison a row, n different texts n^2 / 2, and a
 * comparison ends as soon as the distance of the first dimensions is too large. At most 1,000 leaders are compared, so an hour costs
 * O(1,000 n). Rows without a vector stay. `rows` must be in order of time.
 */
export function collapseNearDuplicates(rows: readonly DriftRow[], options: CollapseOptions): Collapsed {
  const leaders: { row: DriftRow; hour: number; ids: string[] }[] = [];
  let first = 0;
  for (const row of rows) {
    const hour = Math.floor(row.at / hourMs) * hourMs;
    if (leaders.at(-1)?.hour !== hour) first = leaders.length;
    const from = Math.max(first, leaders.length - comparedWith);
    const leader = leaders.slice(from).find((one) => isNear(one.row, row, options.cosine));
    if (leader) leader.ids.push(row.id);
    else leaders.push({ row, hour, ids: [row.id] });
  }
  const bursts = leaders.filter(({ ids }) => ids.length >= options.burstRows);
  return {
    rows: leaders.map(({ row }) => row),
    duplicates: rows.length - leaders.length,
    bursts: bursts
      .map(({ row, hour, ids }) => ({ hour, id: row.id, text: row.text, queue: row.queue, rows: ids.length }))
      .sort((a, b) => b.rows - a.rows),
    burstIds: bursts.flatMap(({ ids }) => ids),
  };
}

/** Unit vectors: |a - b|^2 = 2 (1 - cosine), a sum that only grows. */
function isNear(a: DriftRow, b: DriftRow, cosine: number): boolean {
  if (a.embedding === null || b.embedding === null) return false;
  const limit = 2 * (1 - cosine);
  let distance = 0;
  for (let k = 0; k < a.embedding.length && distance <= limit; k += 1) {
    distance += ((a.embedding[k] ?? 0) - (b.embedding[k] ?? 0)) ** 2;
  }
  return distance <= limit;
}
