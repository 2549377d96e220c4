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
  /** Means over the classes that occur, truly or predicted: each counts alike. */
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly macroF1: number;
  /** Means weighted by support. (The weighted recall is the accuracy.) */
  readonly weightedPrecision: number;
  readonly weightedRecall: number;
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
  const placeOf = new Map(labels.map((label, index) => [label, index]));
  truth.forEach((label, row) => {
    const given = predicted[row] ?? "";
    const counts = confusion[placeOf.get(label) ?? -1];
    const column = placeOf.get(given);
    if (counts === undefined || column === undefined)
      throw new RangeError(`"${label}" or "${given}" is not among the labels.`);
    counts[column] = (counts[column] ?? 0) + 1;
  });

  const reports = labels.map((_, index) => classReport(confusion, index));
  const occurring = reports.filter((report, index) => report.support > 0 || columnSum(confusion, index) > 0);
  const rows = truth.length;
  const hits = labels.reduce((sum, _, index) => sum + (confusion[index]?.[index] ?? 0), 0);
  const macro = (rate: "precision" | "recall" | "f1") =>
    ratio(
      occurring.reduce((sum, report) => sum + report[rate], 0),
      occurring.length,
    );
  const weighted = (rate: "precision" | "recall" | "f1") =>
    ratio(
      reports.reduce((sum, report) => sum + report[rate] * report.support, 0),
      rows,
    );
  return {
    rows,
    accuracy: ratio(hits, rows),
    macroPrecision: macro("precision"),
    macroRecall: macro("recall"),
    macroF1: macro("f1"),
    weightedPrecision: weighted("precision"),
    weightedRecall: weighted("recall"),
    weightedF1: weighted("f1"),
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
