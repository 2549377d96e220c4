import type { measureQuestions } from "./measure-questions.ts";
import type { LabelMeasures, Measures } from "./measure-texts.ts";

export type Metrics = {
  readonly holdout: Measures;
  readonly testSet: Measures;
  readonly everydayQuestions: ReturnType<typeof measureQuestions>;
};

/** The metrics as a table for a terminal. `largestDifference` is between Python's and ONNX's probabilities. */
export function describeMetrics(
  version: string,
  { holdout, testSet, everydayQuestions }: Metrics,
  queues: readonly string[],
  largestDifference: number,
): string {
  const lines = [
    `Bundle ${version}. Python and ONNX differ by at most ${largestDifference.toExponential(1)}.`,
    "",
  ];
  const columns = ["accuracy", "macro-F1", "weighted", "ECE", "coverage", "precision there"];
  lines.push(row("", columns));
  for (const [name, { queue, urgency }] of Object.entries({ holdout, "test set": testSet })) {
    lines.push(row(`${name}, queue (${queue.rows})`, summary(queue)));
    lines.push(row(`${name}, urgency (${urgency.rows})`, summary(urgency)));
  }
  lines.push("", row("holdout, by slice", ["rows", "queue acc.", "urgency acc."]));
  for (const [name, slice] of Object.entries(holdout.queue.slices)) {
    lines.push(
      row(name, [String(slice.rows), number(slice.accuracy), number(holdout.urgency.slices[name]?.accuracy)]),
    );
  }
  lines.push("", row("holdout, by class", ["precision", "recall", "F1", "rows"]));
  for (const [name, report] of [
    ...Object.entries(holdout.queue.classes),
    ...Object.entries(holdout.urgency.classes),
  ]) {
    const { precision, recall, f1, support } = report;
    lines.push(row(name, [number(precision), number(recall), number(f1), String(support)]));
  }
  lines.push("", "holdout, true queue (rows) and predicted queue (columns, same order)");
  holdout.queue.confusion.forEach((counts, index) => {
    lines.push(row(queues[index] ?? "", counts.map(String)));
  });
  lines.push("", row("out of scope", ["recall", "false alarms"]));
  for (const [name, { scope }] of Object.entries({ holdout, "test set": testSet })) {
    lines.push(row(name, [number(scope.recall), number(scope.falseAlarms)]));
  }
  const { rows, queueAccepted, urgencyAccepted, falseAlarms } = everydayQuestions;
  lines.push("", row("everyday questions", ["queue", "urgency", "false alarms"]));
  lines.push(row(`${rows} questions`, [number(queueAccepted), number(urgencyAccepted), number(falseAlarms)]));
  return lines.join("\n");
}

function summary(measures: LabelMeasures): string[] {
  const { accuracy, macroF1, weightedF1, ece, coverage, precisionWhereCovered } = measures;
  return [accuracy, macroF1, weightedF1, ece, coverage, precisionWhereCovered].map(number);
}

function row(title: string, cells: readonly string[]): string {
  return `${title.padEnd(28)}${cells.map((cell) => cell.padStart(16)).join("")}`.trimEnd();
}

function number(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(3);
}
