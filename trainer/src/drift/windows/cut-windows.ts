import type { DriftRow } from "./drift-row.ts";

export type WindowOptions = {
  /** A window ends after so many days or ... */
  readonly days: number;
  /** ... so many rows, whichever comes first. */
  readonly maxRows: number;
  /** With fewer rows a window that its days have ended is "not enough data", and nothing else. */
  readonly minRows: number;
};

export type DriftWindow = {
  /** Milliseconds since 1970, the end excluded. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly DriftRow[];
  readonly enough: boolean;
};

const dayMs = 86_400_000;

/**
 * Cuts rows (in order of time, from `start` on) into consecutive windows that never overlap. Only complete windows come out: one that has
 * neither its rows nor, at `now`, its days is left for a later call, which goes on at the `end` of the last window. None: no new
 * window, and the caller says so and stops. A quiet desk gives windows without rows, with `enough` false.
 */
export function cutWindows(
  rows: readonly DriftRow[],
  start: number,
  now: number,
  options: WindowOptions,
): DriftWindow[] {
  const windows: DriftWindow[] = [];
  let from = start;
  let at = 0;
  for (;;) {
    const limit = from + options.days * dayMs;
    const begin = at;
    while (at < rows.length && at - begin < options.maxRows && (rows[at]?.at ?? 0) < limit) at += 1;
    const taken = rows.slice(begin, at);
    const full = taken.length === options.maxRows;
    if (!full && now < limit) return windows;
    // A full window ends right after its last row, so that rows of one millisecond are not split between two.
    while (full && rows[at] !== undefined && rows[at]?.at === taken.at(-1)?.at) {
      const row = rows[at];
      if (row) taken.push(row);
      at += 1;
    }
    const end = full ? (taken.at(-1)?.at ?? from) + 1 : limit;
    windows.push({ start: from, end, rows: taken, enough: taken.length >= options.minRows });
    from = end;
  }
}
