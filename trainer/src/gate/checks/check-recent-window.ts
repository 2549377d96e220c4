import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import type { LabelKind } from "../measured-row.ts";
import { boundsOf } from "../statistics/bounds.ts";
import type { Comparison } from "./check-holdout.ts";
import { formatPoints } from "./format-points.ts";

/**
 * Rule 2: on rows that are newer than the serving model's training and fair to both. The queue decides; the urgency must not be shown
 * to be worse. `holdsOnHoldout` is rule 1.
 */
export function checkRecentWindow(
  comparisons: Readonly<Record<LabelKind, Comparison>>,
  counts: { readonly tickets: number; readonly blind: number; readonly blindFrom: string | null },
  { holdsOnHoldout, isPerformanceAlarm }: { holdsOnHoldout: boolean; isPerformanceAlarm: boolean },
  { recent, draws }: GateParams,
): GateCheck[] {
  const { queue, urgency } = comparisons;
  const { point } = queue.draws.macroF1;
  const { lower, upper, pNotAbove } = boundsOf(queue.draws.macroF1);
  const named = { ...counts, rows: queue.rows };
  const common = { key: 1, name: "recent window, queue" } as const;
  const numbers = { ...named, difference: point, lower, upper, p: pNotAbove, draws };
  const difference = `macro-F1 ${formatPoints(point)} points`;
  const decide = (): Pick<GateCheck, "status" | "why" | "numbers"> => {
    if (queue.rows < recent.few_rows || Number.isNaN(lower)) {
      return {
        status: "could_not_run",
        why: `${queue.rows} fair labels with a queue since the serving model was trained, ${recent.few_rows} are needed: collect first (tickets of your tool, or the blind slice)`,
        numbers: named,
      };
    }
    if (queue.rows < recent.rows) {
      const isLikely = pNotAbove < recent.few_rows_p;
      const why = `${difference} on ${queue.rows} rows, one-sided p ${pNotAbove.toFixed(3)}; it must be below ${recent.few_rows_p}`;
      if (isLikely && !holdsOnHoldout)
        return { status: "failed", why: `${why}, and the holdout must hold`, numbers };
      return { status: isLikely ? "passed" : "failed", why, numbers };
    }
    if (lower > 0)
      return { status: "passed", why: `${difference}, at least ${formatPoints(lower)}`, numbers };
    if (isPerformanceAlarm && point >= 0 && holdsOnHoldout) {
      return { status: "passed", why: `${difference}: not worse, and the serving model is failing`, numbers };
    }
    const alarm = isPerformanceAlarm ? "; under a performance alarm 0 would do, where the holdout holds" : "";
    return {
      status: "failed",
      why: `${difference}, at least ${formatPoints(lower)}; that must be above 0${alarm}`,
      numbers,
    };
  };
  const bounds = boundsOf(urgency.draws.macroF1);
  const isWorse = urgency.rows >= recent.few_rows && bounds.upper < 0;
  const urgencyPoint = urgency.draws.macroF1.point;
  return [
    { ...common, ...decide() },
    {
      key: 1,
      name: "recent window, urgency",
      status: isWorse ? "failed" : "passed",
      why:
        urgency.rows < recent.few_rows
          ? `${urgency.rows} rows with an urgency: too few to show that it is worse`
          : `macro-F1 ${formatPoints(urgencyPoint)} points, at most ${formatPoints(bounds.upper)}; that must not be below 0`,
      numbers:
        urgency.rows < recent.few_rows
          ? { rows: urgency.rows }
          : { rows: urgency.rows, difference: urgencyPoint, lower: bounds.lower, upper: bounds.upper },
    },
  ];
}
