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
    const truth = rows.map((row) => row.truth);
    const said = rows.map(({ ours }) => ours[kind].label);
    const labels = [...new Set([...truth, ...said])].sort();
    const { weightedF1 } = classificationReport(truth, said, labels);
    const floor = floors[kind];
    const isEnough = rows.length >= holdout_min_rows[kind];
    const holds = weightedF1 >= floor;
    return {
      key: 1,
      name: `floor, ${kind}`,
      status: !isEnough ? "could_not_run" : holds ? "passed" : "failed",
      why: !isEnough
        ? fewRows(kind, rows.length, holdout_min_rows[kind])
        : `weighted F1 ${weightedF1.toFixed(3)}, the floor is ${floor}`,
      numbers: { rows: rows.length, weightedF1, floor },
    };
  });
}

/** What a holdout that is too small is told. */
export function fewRows(kind: string, rows: number, needed: number): string {
  return `the holdout has ${rows} rows with ${kind === "queue" ? "a queue" : "an urgency"} that are no corrections, ${needed} are needed: import more solved tickets (./scripts/import-tickets)`;
}
