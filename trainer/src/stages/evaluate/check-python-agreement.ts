import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import { calibrate } from "@support-it-agent/shared/classifier/calibrate";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { CliError } from "../../cli-error.ts";

/** XGBoost's raw probabilities of one row, in Python. */
export type PythonPrediction = {
  readonly id: string;
  readonly queue: ArrayLike<number>;
  readonly urgency: ArrayLike<number>;
  readonly scope: ArrayLike<number>;
};

/** Fewer rows than this say too little about agreement. */
const leastRows = 1_000;

/** Float32 sums of a few hundred leaves, in another order. */
const largestDifference = 1e-5;

/**
 * Compares what Python's XGBoost and the exported bundle in the serving code say of the same texts: every calibrated probability
 * within 1e-5, every label the same. Returns the rows compared and the largest difference. Throws CliError (exit code 2),
 * which names the first row that differs, where they disagree or there are fewer than 1,000 rows.
 */
export function checkPythonAgreement(
  manifest: Manifest,
  python: readonly PythonPrediction[],
  served: ReadonlyMap<string, Classification>,
): { rows: number; largest_difference: number } {
  if (python.length < leastRows) {
    throw new CliError(
      `Python and ONNX were compared on ${python.length} rows, at least ${leastRows} are needed.`,
      {
        exitCode: 2,
      },
    );
  }
  let largest = 0;
  for (const row of python) {
    const { queue, urgency, outOfScope } = served.get(row.id) ?? {};
    if (!queue || !urgency || !outOfScope)
      throw new CliError(`Row ${row.id} was not classified: run the export stage again.`);
    const { labels, calibration } = manifest;
    const pairs = [
      { name: "queue", ours: labels.queue.map((label) => queue.probabilities[label] ?? 0), raw: row.queue },
      {
        name: "urgency",
        ours: labels.urgency.map((label) => urgency.probabilities[label]),
        raw: row.urgency,
      },
      { name: "scope", ours: [1 - outOfScope.probability, outOfScope.probability], raw: row.scope },
    ] as const;
    for (const { name, ours, raw } of pairs) {
      const theirs = calibrate(raw, calibration[name]);
      const difference = Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] ?? 0))));
      const flipped = ours.indexOf(Math.max(...ours)) !== theirs.indexOf(Math.max(...theirs));
      largest = Math.max(largest, difference);
      if (difference <= largestDifference && !flipped) continue;
      throw new CliError(
        `The exported ${name} model does not say what Python's does: row ${row.id} differs by ${difference.toExponential(1)}` +
          `${flipped ? " and has another label" : ""}. The bundle must not ship; look at the versions of xgboost and onnxmltools.`,
        { exitCode: 2 },
      );
    }
  }
  return { rows: python.length, largest_difference: largest };
}
