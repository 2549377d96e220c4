import { reliabilityBins } from "./reliability-bins.ts";

/**
 * Expected calibration error (Naeini et al., 2015) over bins of equal mass (Nguyen and O'Connor, 2015): the gap between mean
 * confidence and accuracy in each bin, weighted by the bin's rows. 0 is perfect; 0 too where there are no rows. Of a finite sample it
 * is never 0: a perfectly calibrated model with 500 rows shows about .03 to .05.
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly boolean[],
  bins = 15,
): number {
  const gap = reliabilityBins(confidences, correct, bins).reduce(
    (sum, { rows, confidence, accuracy }) => sum + rows * Math.abs(confidence - accuracy),
    0,
  );
  return confidences.length === 0 ? 0 : gap / confidences.length;
}
