import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import { calibrate } from "@support-it-agent/shared/classifier/calibrate";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { PythonPrediction } from "../stages/evaluate/check-python-agreement.ts";

export type Agreement = {
  /** Rows that both answered. */
  readonly rows: number;
  /** Rows that Python answered and the bundle was not asked. */
  readonly missing: number;
  /** Of calibrated probabilities; Infinity where one of the two is no number. */
  readonly largestDifference: number;
  /** Answers whose most probable label differs. */
  readonly flipped: number;
  /** The row of the largest difference. */
  readonly worstRow: string | null;
};

/** What Python's XGBoost and the bundle in the serving code say of the same texts: how far apart. */
export function measureAgreement(
  { labels, calibration }: Manifest,
  python: readonly PythonPrediction[],
  served: ReadonlyMap<string, Classification>,
): Agreement {
  let [rows, missing, largestDifference, flipped] = [0, 0, 0, 0];
  let worstRow: string | null = null;
  for (const row of python) {
    const said = served.get(row.id);
    if (said === undefined) {
      missing += 1;
      continue;
    }
    rows += 1;
    const { queue, urgency, outOfScope } = said;
    const pairs = [
      [labels.queue.map((label) => queue.probabilities[label] ?? Number.NaN), row.queue, calibration.queue],
      [labels.urgency.map((label) => urgency.probabilities[label]), row.urgency, calibration.urgency],
      [[1 - outOfScope.probability, outOfScope.probability], row.scope, calibration.scope],
    ] as const;
    for (const [ours, raw, scale] of pairs) {
      const theirs = calibrate(raw, scale);
      const apart = Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] ?? Number.NaN))));
      const difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
      if (ours.indexOf(Math.max(...ours)) !== theirs.indexOf(Math.max(...theirs))) flipped += 1;
      if (difference > largestDifference) [largestDifference, worstRow] = [difference, row.id];
    }
  }
  return { rows, missing, largestDifference, flipped, worstRow };
}
