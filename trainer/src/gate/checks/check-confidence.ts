import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { type LabelKind, labelKinds } from "../measured-row.ts";
import { boundsOf } from "../statistics/bounds.ts";
import type { Comparison } from "./check-holdout.ts";
import { formatPoints } from "./format-points.ts";

/** Rule 4: upper 95 % bounds of how much worse calibration (ECE) and the ranking by confidence (risk-coverage area) may be. */
export function checkConfidence(
  comparisons: Readonly<Record<LabelKind, Comparison>>,
  { ece_gain, risk_coverage_gain }: GateParams,
): GateCheck[] {
  return labelKinds.flatMap((kind): GateCheck[] => {
    const { rows, draws } = comparisons[kind];
    const ece = boundsOf(draws.ece);
    const area = boundsOf(draws.riskCoverage);
    const most = risk_coverage_gain * draws.riskCoverage.theirs;
    if (Number.isNaN(ece.upper) || Number.isNaN(area.upper)) {
      const why = `${rows} rows with such a label: nothing to compare`;
      return ["calibration", "risk-coverage"].map((name) => ({
        key: 1,
        name: `${name}, ${kind}`,
        status: "could_not_run",
        why,
        numbers: { rows },
      }));
    }
    return [
      {
        key: 1,
        name: `calibration, ${kind}`,
        status: ece.upper < ece_gain ? "passed" : "failed",
        why: `ECE ${formatPoints(draws.ece.point)} points, at most ${formatPoints(ece.upper)}; it must be below ${formatPoints(ece_gain)}`,
        numbers: { rows, difference: draws.ece.point, upper: ece.upper, limit: ece_gain },
      },
      {
        key: 1,
        name: `risk-coverage, ${kind}`,
        // Two models that say the same have the same area, also where it is 0.
        status: area.upper < most || area.upper <= 0 ? "passed" : "failed",
        why: `area ${percent(draws.riskCoverage.point, draws.riskCoverage.theirs)}, at most ${percent(area.upper, draws.riskCoverage.theirs)}; it must be below +${risk_coverage_gain * 100} %`,
        numbers: {
          rows,
          difference: draws.riskCoverage.point,
          upper: area.upper,
          limit: most,
          serving: draws.riskCoverage.theirs,
        },
      },
    ];
  });
}

function percent(part: number, whole: number): string {
  return whole === 0 ? (part === 0 ? "the same" : "from 0 up") : `${formatPoints(part / whole)} %`;
}
