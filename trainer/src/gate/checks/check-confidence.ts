import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { type LabelKind, labelKinds } from "../measured-row.ts";
import { boundsOf } from "../statistics/bounds.ts";
import type { DrawnDifference } from "../statistics/paired-draws.ts";
import type { Comparison } from "./check-holdout.ts";
import { formatPoints } from "./format-points.ts";

/**
 * Rule 4: how much worse calibration (ECE) and the ranking by confidence (risk-coverage area) may be. Each passes where the upper 95 % bound is
 * below the limit; or, while the holdout is too small to show that, where the difference itself is below the limit and no harm is
 * shown either (the lower bound is not above 0). With the upper bound alone hardly a candidate would pass below 2,000 rows
 * (docs/gate.md has the rates).
 */
export function checkConfidence(
  comparisons: Readonly<Record<LabelKind, Comparison>>,
  { ece_gain, risk_coverage_gain }: GateParams,
): GateCheck[] {
  return labelKinds.flatMap((kind): GateCheck[] => {
    const { rows, draws } = comparisons[kind];
    const serving = draws.riskCoverage.theirs;
    const area = (value: number) => (serving === 0 ? value.toFixed(4) : `${formatPoints(value / serving)} %`);
    return [
      checkHarm(
        `calibration, ${kind}`,
        rows,
        draws.ece,
        ece_gain,
        (value) => `${formatPoints(value)} points of ECE`,
      ),
      checkHarm(
        `risk-coverage, ${kind}`,
        rows,
        draws.riskCoverage,
        risk_coverage_gain * serving,
        (value) => `${area(value)} of area`,
      ),
    ];
  });
}

function checkHarm(
  name: string,
  rows: number,
  difference: DrawnDifference,
  limit: number,
  format: (value: number) => string,
): GateCheck {
  const { point } = difference;
  const { lower, upper } = boundsOf(difference);
  const common = { key: 1, name } as const;
  if (Number.isNaN(upper)) {
    const why = `${rows} rows with such a label: nothing to compare`;
    return { ...common, status: "could_not_run", why, numbers: { rows } };
  }
  // Two models that say the same have the same area, also where it is 0.
  const isHarmless = upper < limit || upper <= 0;
  const isHarmShown = point >= limit || lower > 0;
  return {
    ...common,
    status: isHarmless || !isHarmShown ? "passed" : "failed",
    why: isHarmless
      ? `${format(point)}, at most ${format(upper)}; the limit is ${format(limit)}`
      : `${format(point)}, between ${format(lower)} and ${format(upper)}; ${isHarmShown ? "that is worse" : "no harm is shown"}, the limit is ${format(limit)}`,
    numbers: { rows, difference: point, lower, upper, limit },
  };
}
