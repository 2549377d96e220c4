import { weekdayCount } from "./weekday-of.ts";
import type { WindowSummary } from "./window-summary.ts";

/**
 * By how much the window's share of each queue exceeds what the reference has on the same weekdays, by position of the schema: -1..1. Shares are means of
 * the calibrated probabilities, the estimate of the classes' shares that Saerens, Latinne and Decaestecker (Adjusting the outputs of a
 * classifier to new a priori probabilities, Neural Computation 2002) begin with. A window of 1,000 rows may be two Mondays or a weekend, so the reference is
 * weighted to the window's weekdays (direct standardisation; a weekday that it lacks has its overall share). Signed, since a queue that goes
 * on growing must add up over windows, and what only varies must not. NaN where a side has no probabilities.
 */
export function queueShareGaps(
  window: Pick<WindowSummary, "expectedRows" | "weekdays" | "expectedByWeekday">,
  reference: Pick<WindowSummary, "expectedRows" | "weekdays" | "expectedByWeekday">,
): Float64Array {
  const [ofWindow, ofReference] = [total(window.weekdays), total(reference.weekdays)];
  const queues = window.expectedRows.length;
  return window.expectedRows.map((rows, queue) => {
    let usual = 0;
    for (let weekday = 0; weekday < weekdayCount; weekday += 1) {
      const known = reference.weekdays[weekday] ?? 0;
      // Sums that chunks were taken from may keep a rounding error where nothing is left.
      const share =
        known > 0.5
          ? (reference.expectedByWeekday[weekday * queues + queue] ?? Number.NaN) / known
          : (reference.expectedRows[queue] ?? Number.NaN) / ofReference;
      usual += ((window.weekdays[weekday] ?? 0) / ofWindow) * share;
    }
    return rows / ofWindow - usual;
  });
}

function total(rows: Float64Array): number {
  return rows.reduce((sum, value) => sum + value, 0);
}
