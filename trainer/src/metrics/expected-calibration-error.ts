/**
 * Expected calibration error (Naeini et al., 2015): the gap between mean confidence and accuracy in each of `bins` bins
 * of equal width, weighted by the bin's rows. 0 is perfect; 0 too where there are no rows.
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly boolean[],
  bins = 15,
): number {
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, correct: 0 }));
  confidences.forEach((confidence, row) => {
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))];
    if (bin === undefined) return;
    bin.confidence += confidence;
    bin.correct += correct[row] ? 1 : 0;
  });
  const gap = sums.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.correct), 0);
  return confidences.length === 0 ? 0 : gap / confidences.length;
}
