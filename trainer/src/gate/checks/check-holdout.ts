import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { type LabelKind, labelKinds } from "../measured-row.ts";
import { boundsOf } from "../statistics/bounds.ts";
import type { PairedDraws } from "../statistics/paired-draws.ts";
import { fewRows } from "./check-floors.ts";
import { formatPoints } from "./format-points.ts";

/** Paired draws of one set of rows, and how many rows there were. */
export type Comparison = { readonly rows: number; readonly draws: PairedDraws };

/** Rule 1: on the frozen holdout, the lower 95 % bound of the difference in macro-F1 is above minus the margin. */
export function checkHoldout(
  comparisons: Readonly<Record<LabelKind, Comparison>>,
  { holdout_min_rows, margins }: GateParams,
): GateCheck[] {
  return labelKinds.map((kind): GateCheck => {
    const { rows, draws } = comparisons[kind];
    const { lower, upper } = boundsOf(draws.macroF1);
    const { point } = draws.macroF1;
    const margin = margins[kind];
    const common = { key: 1, name: `holdout, ${kind}` } as const;
    const numbers = { rows, difference: point, lower, upper, margin };
    if (rows < holdout_min_rows[kind]) {
      return {
        ...common,
        status: "could_not_run",
        why: fewRows(kind, rows, holdout_min_rows[kind]),
        numbers: { rows },
      };
    }
    if (Number.isNaN(lower)) {
      return {
        ...common,
        status: "could_not_run",
        why: "all rows are near-duplicates of each other",
        numbers: { rows },
      };
    }
    return {
      ...common,
      status: lower > -margin ? "passed" : "failed",
      why: `macro-F1 ${formatPoints(point)} points, at least ${formatPoints(lower)}; it must be above ${formatPoints(-margin)}`,
      numbers,
    };
  });
}
