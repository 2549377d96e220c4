import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { type LabelKind, labelKinds } from "../measured-row.ts";
import type { Measured } from "../measurements.ts";
import { boundsOf } from "../statistics/bounds.ts";
import { fewRows } from "./check-floors.ts";
import type { Comparison } from "./check-holdout.ts";
import { formatPoints } from "./format-points.ts";

/**
 * In place of a serving model with the same labels: the lower 95 % bound of the lead in macro-F1 over a plain linear model is above 0 for
 * the queue, and above minus the margin for the urgency.
 */
export function checkBaseline(
  comparisons: Readonly<Record<LabelKind, Comparison>>,
  baseline: Measured<true>,
  { holdout_min_rows, margins }: GateParams,
): GateCheck[] {
  return labelKinds.map((kind): GateCheck => {
    const { rows, draws } = comparisons[kind];
    const { lower, upper } = boundsOf(draws.macroF1);
    const common = { key: 1, name: `linear baseline, ${kind}` } as const;
    const limit = kind === "queue" ? 0 : -margins[kind];
    if ("problem" in baseline) {
      return { ...common, status: "could_not_run", why: baseline.problem, numbers: {} };
    }
    if (rows < holdout_min_rows[kind] || Number.isNaN(lower)) {
      const why = `${fewRows(kind, rows, holdout_min_rows[kind])}; and they need the baseline's answer`;
      return { ...common, status: "could_not_run", why, numbers: { rows } };
    }
    return {
      ...common,
      status: lower > limit ? "passed" : "failed",
      why: `macro-F1 ${formatPoints(draws.macroF1.point)} points over a linear model, at least ${formatPoints(lower)}; it must be above ${formatPoints(limit)}`,
      numbers: { rows, difference: draws.macroF1.point, lower, upper, limit },
    };
  });
}
