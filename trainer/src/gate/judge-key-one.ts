import { seededRandom } from "../metrics/seeded-random.ts";
import type { GateParams } from "../params.ts";
import { checkBaseline } from "./checks/check-baseline.ts";
import { checkClassRecall } from "./checks/check-class-recall.ts";
import { checkCollapse } from "./checks/check-collapse.ts";
import { checkConfidence } from "./checks/check-confidence.ts";
import { checkFloors } from "./checks/check-floors.ts";
import { checkCoverage, checkScope } from "./checks/check-hand-off.ts";
import { type Comparison, checkHoldout } from "./checks/check-holdout.ts";
import { checkRecentWindow } from "./checks/check-recent-window.ts";
import { checkTopUrgency } from "./checks/check-top-urgency.ts";
import { pairsWithBaseline, pairsWithServing, type Seed } from "./checks/model-under-test.ts";
import type { GateCheck } from "./gate-report.ts";
import type { LabelKind } from "./measured-row.ts";
import type { Measurements } from "./measurements.ts";
import { type PairedRow, pairedDraws } from "./statistics/paired-draws.ts";

export type KeyOneOptions = {
  /** Both seeds go through the same checks. */
  readonly model: Seed;
  readonly comparedWith: "serving" | "baseline";
  readonly isPerformanceAlarm: boolean;
  readonly params: GateParams;
  /** Of the draws. */
  readonly seed: number;
};

/** Key one: the metrics of one of the two seeds, beside the serving model or the linear baseline on the same rows. Pure. */
export function judgeKeyOne(measured: Measurements, options: KeyOneOptions): GateCheck[] {
  const { holdout, recent } = measured;
  const { model, comparedWith, params, seed } = options;
  const compare = (pairs: PairedRow[]): Comparison => ({
    rows: pairs.length,
    draws: pairedDraws(pairs, { draws: params.draws, random: seededRandom(seed) }),
  });
  const ofBoth = (pairsOf: (kind: LabelKind) => PairedRow[]) => ({
    queue: compare(pairsOf("queue")),
    urgency: compare(pairsOf("urgency")),
  });
  const floors = checkFloors(holdout, params, model);
  const scope = checkScope(holdout, params, model);
  const all = [...holdout, ...recent];
  if (comparedWith === "baseline") {
    const comparisons = ofBoth((kind) => pairsWithBaseline(holdout, kind, model));
    const collapse = checkCollapse(holdout, params, { seed: model, against: "truth" });
    return [...floors, ...checkBaseline(comparisons, measured.baseline, params), collapse, scope];
  }
  const onHoldout = ofBoth((kind) => pairsWithServing(holdout, kind, model));
  const onRecent = ofBoth((kind) => pairsWithServing(recent, kind, model));
  const rule1 = checkHoldout(onHoldout, params);
  const holdsOnHoldout = rule1.every(({ status }) => status === "passed");
  const { isPerformanceAlarm } = options;
  return [
    ...floors,
    ...rule1,
    ...checkRecentWindow(onRecent, measured.recentCounts, { holdsOnHoldout, isPerformanceAlarm }, params),
    checkClassRecall(all, params, model),
    checkTopUrgency(all, params, model),
    checkCollapse(all, params, { seed: model, against: "serving" }),
    ...checkConfidence(onHoldout, params),
    checkCoverage(holdout, params, model),
    scope,
  ];
}
