import type { Evaluation } from "./evaluation.ts";
import type { LabelMeasures } from "./measure-label.ts";

/** What evaluate found out, as tables for a terminal. */
export function describeMetrics(evaluation: Evaluation): string {
  const { metrics, manifest, largestDifference, latency } = evaluation;
  const { holdout, recent, testSet, everydayQuestions, secondSeed } = metrics;
  const lines = [
    `Bundle ${manifest.version}. Python and ONNX differ by at most ${largestDifference.toExponential(1)} on ${metrics.pythonAgainstOnnx.rows} rows.`,
  ];
  if (latency) {
    const { tickets, wholeMs, modelsMs } = latency;
    lines.push(
      `A ticket takes ${wholeMs.median} ms (95 % within ${wholeMs.p95}), the models' part is ${modelsMs.median} ms (${modelsMs.p95}); ${tickets} tickets, one at a time.`,
    );
  }
  const sets = Object.entries({ holdout, recent, "test set": testSet });
  lines.push("", row("", ["accuracy", "95 % between", "macro-F1", "ECE", "coverage", "precision there"]));
  for (const [name, measures] of sets) {
    for (const kind of ["queue", "urgency"] as const) {
      const found = measures?.[kind];
      if (found) lines.push(row(`${name}, ${kind} (${found.rows})`, summary(found)));
    }
  }
  if (!recent) lines.push("No recent window: no row of this snapshot is set aside as newest.");
  if (secondSeed) {
    const { queue, urgency } = secondSeed;
    lines.push(row("holdout, the other seed", ["queue", number(queue?.macroF1)]));
    lines.push(row("", ["urgency", number(urgency?.macroF1)]));
  }
  for (const kind of ["queue", "urgency"] as const) {
    const compared = metrics.baseline?.[kind];
    if (!compared) continue;
    const { accuracy, macroF1, lead } = compared;
    const range = lead.intervals.macroF1?.map((value) => signed(value)).join(" to ") ?? "unknown";
    lines.push(
      `A linear model on the same ${kind} rows: accuracy ${number(accuracy)}, macro-F1 ${number(macroF1)}; the bundle leads by ${signed(lead.macroF1)} (95 %: ${range}).`,
    );
  }
  if (holdout) {
    lines.push("", row("holdout, by slice", ["rows", "queue acc.", "urgency acc."]));
    const names = new Set([
      ...Object.keys(holdout.queue?.slices ?? {}),
      ...Object.keys(holdout.urgency?.slices ?? {}),
    ]);
    for (const name of [...names].sort()) {
      const [queue, urgency] = [holdout.queue?.slices[name], holdout.urgency?.slices[name]];
      lines.push(
        row(name, [String(queue?.rows ?? urgency?.rows), number(queue?.accuracy), number(urgency?.accuracy)]),
      );
    }
    lines.push("", row("holdout, by class", ["precision", "recall", "F1", "rows"]));
    for (const [name, report] of [
      ...Object.entries(holdout.queue?.classes ?? {}),
      ...Object.entries(holdout.urgency?.classes ?? {}),
    ]) {
      const { precision, recall, f1, support } = report;
      lines.push(row(name, [number(precision), number(recall), number(f1), String(support)]));
    }
    lines.push("", "holdout, true queue (rows) and predicted queue (columns, same order)");
    holdout.queue?.confusion.forEach((counts, index) => {
      lines.push(row(holdout.queue?.labels[index] ?? "", counts.map(String)));
    });
  }
  lines.push("", row("out of scope", ["recall", "false alarms"]));
  for (const [name, measures] of sets) {
    const { scope } = measures ?? {};
    if (scope) lines.push(row(name, [number(scope.recall), number(scope.falseAlarms)]));
  }
  if (everydayQuestions) {
    const { rows, queueAccepted, urgencyAccepted, falseAlarms } = everydayQuestions;
    lines.push("", row("everyday questions", ["queue", "urgency", "false alarms"]));
    lines.push(
      row(`${rows} questions`, [number(queueAccepted), number(urgencyAccepted), number(falseAlarms)]),
    );
  }
  return lines.join("\n");
}

function summary(measures: LabelMeasures): string[] {
  const { accuracy, macroF1, ece, coverage, precisionWhereCovered, intervals } = measures;
  const interval = intervals.accuracy?.map(number).join("-") ?? "";
  return [number(accuracy), interval, ...[macroF1, ece, coverage, precisionWhereCovered].map(number)];
}

function row(title: string, cells: readonly string[]): string {
  return `${title.padEnd(28)}${cells.map((cell) => cell.padStart(16)).join("")}`.trimEnd();
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;
}

function number(value: number | null | undefined): string {
  return value === undefined || value === null ? "" : value.toFixed(3);
}
