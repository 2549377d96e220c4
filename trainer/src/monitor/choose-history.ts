import type { PastWindow } from "./past-window.ts";
import type { MonitorParams } from "./read-drift-params.ts";

/**
 * The windows of a model's own past that are what is usual, the first ones that it served: compared, without an alarm, and with no
 * alarm in the `settledAfterWindows` after them. Their number grows in steps (8, 16, 30, 60): a reference that took in every window
 * would follow a slow change instead of seeing it, and from 60 on it stays. Empty while there are fewer than the first step.
 * `past` is in order of time.
 */
export function chooseHistory(
  past: readonly PastWindow[],
  { leastWindows, settledAfterWindows, enoughChunks, mostChunks }: MonitorParams["reference"],
): PastWindow[] {
  const isAlarm = ({ diagnosis }: PastWindow) => diagnosis === "drift" || diagnosis === "performance_alarm";
  const usual = past.filter(({ diagnosis }, at) => {
    const next = past.slice(at + 1, at + 1 + settledAfterWindows);
    const isSettled = next.length === settledAfterWindows && !next.some(isAlarm);
    return isSettled && (diagnosis === "stable" || diagnosis === "burst");
  });
  const steps = [leastWindows, 2 * leastWindows, enoughChunks, mostChunks].filter(
    (step) => step <= usual.length,
  );
  return usual.slice(0, Math.max(0, ...steps));
}
