import { urgencies } from "@support-it-agent/shared/labels";
import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import type { MeasuredRow, ModelAnswer } from "../measured-row.ts";
import { formatPoints } from "./format-points.ts";
import { labelledRows, type Seed } from "./model-under-test.ts";

/** The top urgency loses at most so much recall, neither as the model says it nor as it is acted on, rounded up. */
export function checkTopUrgency(
  rows: readonly MeasuredRow[],
  { top_urgency_loss: most }: GateParams,
  seed: Seed,
): GateCheck {
  const top = urgencies.at(-1);
  const answered = labelledRows(rows, "urgency", seed).filter(
    ({ row, truth }) => truth === top && row.serving !== null,
  );
  const common = { key: 1, name: "top urgency" } as const;
  if (answered.length === 0) {
    return {
      ...common,
      status: "could_not_run",
      why: `no measured row has the urgency ${top}: label some`,
      numbers: { rows: 0 },
    };
  }
  const lossBy = (labelOf: (answer: ModelAnswer) => string) => {
    const hits = (answers: readonly (ModelAnswer | null)[]) =>
      answers.filter((answer) => answer !== null && labelOf(answer) === top).length;
    const theirs = hits(answered.map(({ row }) => row.serving));
    return (theirs - hits(answered.map(({ ours }) => ours))) / answered.length;
  };
  const loss = lossBy(({ urgency }) => urgency.label);
  const lossActedOn = lossBy(({ urgency }) => urgency.actedOn);
  return {
    ...common,
    // Shares of whole rows: what is a hair above the limit by rounding alone is at it.
    status: Math.max(loss, lossActedOn) <= most + 1e-12 ? "passed" : "failed",
    why: `recall of ${top} ${formatPoints(-loss)} points, ${formatPoints(-lossActedOn)} as acted on; it may lose ${(most * 100).toFixed(0)}`,
    numbers: { rows: answered.length, loss, lossActedOn, most },
  };
}
