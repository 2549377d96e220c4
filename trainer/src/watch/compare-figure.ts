import type { Sample } from "./sample.ts";
import type { Figure, FigureName } from "./watch-report.ts";

export type CompareOptions = {
  readonly name: FigureName;
  /** True for shares of what is bad; false for a score. */
  readonly isBadWhenHigh: boolean;
  readonly margin: number;
  /** Chance of a false breach in this figure, over all looks. */
  readonly alpha: number;
  /** Cases of the new model at which the bound is tightest. */
  readonly plannedRows: number;
};

/** Of a score that is the same for every row; it keeps the numbers finite. */
const leastVariance = 1e-12;

/** What is taken for the scatter of days where the old model's window is too short to show it. */
const unknownDispersion = 3;

/**
 * Compares a figure of the new model with the old one's, for a watch that looks as often as it likes. With the old window fixed and the new one
 * growing, the difference times its information V (one over its variance) moves like Brownian motion in V, so that the bound of a normal mixture
 *
 *   |S| <= sqrt((V + rho) (ln((V + rho) / rho) + 2 ln(1 / (2 alpha))))
 *
 * (Robbins, Statistical methods related to the law of the iterated logarithm, 1970; for estimates out of a sample: Waudby-Smith et al., Time-uniform central
 * limit theory and asymptotic confidence sequences, 2024) holds at all looks together, each side but for alpha. rho makes it tightest at `plannedRows`. So a
 * breach, where even the lower end is beyond the margin, needs no correction for looking again, and no memory of earlier looks.
 *
 * Tickets do not come one by one: week-days differ and an incident fills a day. The old window shows how much wider days scatter, and both variances are
 * widened by that. Of a share's variance the larger of its own and the pooled one is taken, since each alone is too small at one end of 0..1.
 */
export function compareFigure(old: Sample, current: Sample, options: CompareOptions): Figure {
  const { name, isBadWhenHigh, margin, alpha, plannedRows } = options;
  const dispersion = Math.max(1, old.dispersion ?? unknownDispersion);
  const ofNew = Math.max(isBadWhenHigh ? shareVariance(old, current) : current.variance, leastVariance);
  const varianceAt = (rows: number) => dispersion * ((ofNew * current.rows) / rows + old.variance);
  const information = 1 / varianceAt(current.rows);
  const planned = 1 / varianceAt(plannedRows);
  const rho = planned / tightestRatio(alpha);
  const grown = (information + rho) / rho;
  const radius =
    Math.sqrt((information + rho) * (Math.log(grown) + 2 * Math.log(1 / (2 * alpha)))) / information;

  const worsening = isBadWhenHigh ? current.value - old.value : old.value - current.value;
  const isBreach = worsening - radius > margin;
  const isHard = worsening >= Math.max(2 * margin, isBadWhenHigh ? old.value : 0);
  return {
    name,
    old: { value: old.value, rows: old.rows },
    new: { value: current.value, rows: current.rows },
    worsening,
    low: worsening - radius,
    high: worsening + radius,
    margin,
    dispersion,
    finding: !isBreach ? "fine" : isHard ? "hard_breach" : "breach",
  };
}

/** V / rho at which the bound is tightest (Howard et al., Time-uniform, nonparametric, nonasymptotic confidence sequences, 2021, section 3.5), within a tenth. */
function tightestRatio(alpha: number): number {
  const logs = 2 * Math.log(1 / (2 * alpha));
  return logs + Math.log(1 + logs);
}

/** One case more that counts and one that does not: of no hits at all the variance is not nothing. */
function shareVariance(old: Sample, current: Sample): number {
  const hits = old.value * old.rows + current.value * current.rows;
  const pooled = (hits + 1) / (old.rows + current.rows + 2);
  return Math.max(current.variance, (pooled * (1 - pooled)) / current.rows);
}
