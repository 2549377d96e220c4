/** How one class fared. A rate whose denominator is 0 is 0. */
export type ClassReport = {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows whose true label it is. */
  readonly support: number;
};

export type ClassificationReport = {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean of F1 over the classes that occur, truly or predicted: each counts alike. */
  readonly macroF1: number;
  /** Mean of F1 weighted by support. */
  readonly weightedF1: number;
  readonly classes: Readonly<Record<string, ClassReport>>;
  /** confusion[i][j]: rows of true label labels[i] that were given labels[j]. */
  readonly confusion: readonly (readonly number[])[];
};

/**
 * Accuracy, precision, recall, F1 and confusion of single-label predictions; the definitions are scikit-learn's
 * (classification_report, zero_division=0). Throws RangeError where the lengths differ or a label is not in `labels`.
 */
export function classificationReport(
  truth: readonly string[],
  predicted: readonly string[],
  labels: readonly string[],
): ClassificationReport {
  if (truth.length !== predicted.length)
    throw new RangeError(`${truth.length} labels, ${predicted.length} predictions.`);
  const confusion = labels.map(() => labels.map(() => 0));
  truth.forEach((label, row) => {
    const given = predicted[row] ?? "";
    const counts = confusion[labels.indexOf(label)];
    const column = labels.indexOf(given);
    if (counts === undefined || column < 0)
      throw new RangeError(`"${label}" or "${given}" is not among the labels.`);
    counts[column] = (counts[column] ?? 0) + 1;
  });

  const reports = labels.map((_, index) => classReport(confusion, index));
  const occurring = reports.filter((report, index) => report.support > 0 || columnSum(confusion, index) > 0);
  const rows = truth.length;
  const hits = labels.reduce((sum, _, index) => sum + (confusion[index]?.[index] ?? 0), 0);
  return {
    rows,
    accuracy: ratio(hits, rows),
    macroF1: ratio(
      occurring.reduce((sum, { f1 }) => sum + f1, 0),
      occurring.length,
    ),
    weightedF1: ratio(
      reports.reduce((sum, { f1, support }) => sum + f1 * support, 0),
      rows,
    ),
    classes: Object.fromEntries(labels.map((label, index) => [label, reports[index] as ClassReport])),
    confusion,
  };
}

function classReport(confusion: readonly (readonly number[])[], index: number): ClassReport {
  const hits = confusion[index]?.[index] ?? 0;
  const support = (confusion[index] ?? []).reduce((sum, count) => sum + count, 0);
  const precision = ratio(hits, columnSum(confusion, index));
  const recall = ratio(hits, support);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
}

function columnSum(confusion: readonly (readonly number[])[], column: number): number {
  return confusion.reduce((sum, row) => sum + (row[column] ?? 0), 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
