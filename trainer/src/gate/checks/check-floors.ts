import { classificationReport } from "../../metrics/classification-report.ts";
import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { labelKinds, type MeasuredRow } from "../measured-row.ts";
import { labelledRows, type Seed } from "./model-under-test.ts";

/** Weighted F1 on the holdout, of queue and urgency, is at least the floor. */
export function checkFloors(
  holdout: readonly MeasuredRow[],
  { floors, holdout_min_rows }: GateParams,
  seed: Seed,
): GateCheck[] {
  return labelKinds.map((kind): GateCheck => {
    const rows = labelledRows(holdout, kind, seed);
    const weightedF1 = weightedF1Of(rows.map(({ truth, ours }) => [truth, ours[kind].label]));
    const simple = rows.flatMap(({ truth, row }) => {
      const label = row.baseline[kind];
      return label === null ? [] : [[truth, label] as const];
    });
    const baselineF1 = simple.length > 0 ? weightedF1Of(simple) : null;
    const floor = floors[kind];
    // Data may be noisier than the floor supposes. That is for a person to say, who knows the labels.
    const proposal =
      baselineF1 !== null && baselineF1 < floor
        ? `; a linear model reaches ${baselineF1.toFixed(3)}: if the labels give no more, set gate.floors in params.yaml`
        : "";
    const isEnough = rows.length >= holdout_min_rows[kind];
    const holds = weightedF1 >= floor;
    return {
      key: 1,
      name: `floor, ${kind}`,
      status: !isEnough ? "could_not_run" : holds ? "passed" : "failed",
      why: !isEnough
        ? fewRows(kind, rows.length, holdout_min_rows[kind])
        : `weighted F1 ${weightedF1.toFixed(3)}, the floor is ${floor}${holds ? "" : proposal}`,
      numbers: { rows: rows.length, weightedF1, floor, baselineF1 },
    };
  });
}

function weightedF1Of(pairs: readonly (readonly [truth: string, said: string])[]): number {
  const labels = [...new Set(pairs.flat())].sort();
  return classificationReport(
    pairs.map(([truth]) => truth),
    pairs.map(([, said]) => said),
    labels,
  ).weightedF1;
}

/** What a holdout that is too small is told. */
export function fewRows(kind: string, rows: number, needed: number): string {
  return `the holdout has ${rows} rows with ${kind === "queue" ? "a queue" : "an urgency"} that are no corrections, ${needed} are needed: import more solved tickets (./scripts/import-tickets)`;
}
