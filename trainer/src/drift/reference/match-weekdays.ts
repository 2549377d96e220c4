import type { AuditedPrediction } from "../windows/audited-prediction.ts";
import type { EncodedRow, Encoding } from "./encode-row.ts";
import { weekdayCount, weekdayOf } from "./weekday-of.ts";
import { addSummary, emptySummary, summariseRows, type WindowSummary } from "./window-summary.ts";

/** A summary for each weekday (weekday-of.ts): together that of all rows. */
export type WeekdaySummaries = readonly WindowSummary[];

/** Rows by their weekday, and audits by that on which they became ripe. */
export function summariseWeekdays(
  rows: readonly EncodedRow[],
  encoding: Encoding,
  audited: readonly AuditedPrediction[] = [],
): WeekdaySummaries {
  return Array.from({ length: weekdayCount }, (_, weekday) =>
    summariseRows(
      rows.filter((row) => row.weekday === weekday),
      encoding,
      audited.filter(({ at }) => weekdayOf(at) === weekday),
    ),
  );
}

/**
 * The reference as it is on the weekdays of a window (rows by weekday): every weekday's rows weighted to its share there, for a window of 1,000 rows may be
 * two Mondays or a weekend, and Mondays differ from Fridays (direct standardisation). A weekday that the reference lacks stands for
 * all of it. Audits are not weighted.
 */
export function matchWeekdays(
  summaries: WeekdaySummaries,
  weekdays: Float64Array,
  encoding: Encoding,
): WindowSummary {
  const whole = emptySummary(encoding);
  for (const summary of summaries) addSummary(whole, summary, 1);
  const asked = weekdays.reduce((sum, rows) => sum + rows, 0);
  if (asked === 0) return whole;
  const matched = emptySummary(encoding);
  weekdays.forEach((rows, weekday) => {
    const own = summaries[weekday];
    // Where chunks were taken away a rounding error may be left of what was there.
    const known = own && own.rows > 0.5 ? own : whole;
    if (rows > 0) addSummary(matched, known, ((rows / asked) * whole.rows) / known.rows);
  });
  return { ...matched, audits: whole.audits };
}
