import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFolder } from "../../files/write-folder.ts";
import { reliabilityBins } from "../../metrics/reliability-bins.ts";
import { riskCoverage } from "../../metrics/risk-coverage.ts";
import type { Evaluation } from "./evaluation.ts";
import { thinPoints } from "./thin-points.ts";

type Cell = string | number;

/**
 * The tables behind `dvc plots`, of the holdout, one set for each of queue and urgency: confusion-*.csv (a line a row), classes-*.csv,
 * reliability-*.csv (15 bins of equal mass), risk-coverage-*.csv. The same evaluation gives the same bytes. A label that no row has gives
 * files with a header alone, so that what dvc.yaml names is always there.
 */
export async function writePlots(folder: string, { metrics, outcomes }: Evaluation): Promise<void> {
  await writeFolder(folder, async (temporary) => {
    const write = (name: string, header: readonly string[], rows: readonly (readonly Cell[])[]) =>
      writeFile(join(temporary, name), toCsv([header, ...rows]));
    for (const kind of ["queue", "urgency"] as const) {
      const rows = outcomes[kind];
      const confidences = rows.map(({ confidence }) => confidence);
      const correct = rows.map((outcome) => outcome.correct);
      const classes = Object.entries(metrics.holdout?.[kind]?.classes ?? {});
      await write(
        `confusion-${kind}.csv`,
        ["true", "predicted"],
        rows.map(({ truth, predicted }) => [truth, predicted]).sort(),
      );
      await write(
        `classes-${kind}.csv`,
        ["class", "f1", "precision", "recall", "rows"],
        classes.map(([label, { f1, precision, recall, support }]) => [label, f1, precision, recall, support]),
      );
      await write(
        `reliability-${kind}.csv`,
        ["confidence", "accuracy", "rows"],
        reliabilityBins(confidences, correct).map((bin) => [bin.confidence, bin.accuracy, bin.rows]),
      );
      await write(
        `risk-coverage-${kind}.csv`,
        ["coverage", "risk"],
        thinPoints(riskCoverage(confidences, correct).points).map(({ coverage, risk }) => [coverage, risk]),
      );
    }
  });
}

/** RFC 4180, numbers with at most four digits after the point. */
function toCsv(rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) =>
    typeof value === "number"
      ? String(Math.round(value * 1e4) / 1e4)
      : /[",\r\n]/.test(value)
        ? `"${value.replaceAll('"', '""')}"`
        : value;
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}
