import { bootstrapByGroup, type Interval } from "../../metrics/bootstrap-by-group.ts";
import { type ClassificationReport, classificationReport } from "../../metrics/classification-report.ts";
import { expectedCalibrationError } from "../../metrics/expected-calibration-error.ts";
import { riskCoverage } from "../../metrics/risk-coverage.ts";
import { seededRandom } from "../../metrics/seeded-random.ts";
import type { Outcome } from "./label-outcomes.ts";

/** What is measured of one label, each a share between 0 and 1. `interval`s hold 95 % of 2,000 draws of whole groups. */
export type LabelMeasures = ClassificationReport & {
  /** Every label of the confusion matrix, in its order. */
  readonly labels: readonly string[];
  /** Over 15 bins of equal mass. */
  readonly ece: number;
  /** Area under the risk-coverage curve; less is better. */
  readonly riskCoverageArea: number;
  /** Share of the rows on which the model does not abstain, and its accuracy there (null where it always does). */
  readonly coverage: number;
  readonly precisionWhereCovered: number | null;
  /** Of each label: share of its predictions that are trusted, and how many of those are right. */
  readonly trusted: Readonly<
    Record<string, { predicted: number; coverage: number; precision: number | null }>
  >;
  readonly intervals: Readonly<Partial<Record<HeadlineName, Interval>>>;
  readonly classIntervals: Readonly<Partial<Record<string, Interval>>>;
  readonly slices: Readonly<Record<string, SliceMeasures>>;
};

export type SliceMeasures = {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly interval: Interval | null;
};

type HeadlineName =
  | "accuracy"
  | "macroF1"
  | "weightedF1"
  | "ece"
  | "riskCoverageArea"
  | "coverage"
  | "precisionWhereCovered";

/** As many as the gate's. */
const draws = 2_000;

/** More sources than these are shown together, as "source other". */
const mostSources = 12;

/**
 * Everything that is measured of one label. `labels` are the model's; a true label that the model does not know is added at the
 * end (its recall is 0). Null where no row has such a label: there is nothing to say then.
 */
export function measureLabel(
  outcomes: readonly Outcome[],
  modelLabels: readonly string[],
  seed: number,
): LabelMeasures | null {
  if (outcomes.length === 0) return null;
  const unknown = new Set(outcomes.map(({ truth }) => truth).filter((label) => !modelLabels.includes(label)));
  const labels = [...modelLabels, ...[...unknown].sort()];
  const report = reportOf(outcomes, labels);
  const drawn = bootstrapByGroup(
    outcomes,
    ({ group }) => group,
    (rows) => {
      const resampled = reportOf(rows, labels);
      const byClass = labels.map((label) => [`class ${label}`, classF1(resampled, label)] as const);
      return { ...headline(rows, resampled), ...Object.fromEntries(byClass) };
    },
    { draws, random: seededRandom(seed) },
  );
  const whole = headline(outcomes, report);
  const { ece, riskCoverageArea, coverage, precisionWhereCovered } = whole;
  return {
    labels,
    ...report,
    ece,
    riskCoverageArea,
    coverage,
    precisionWhereCovered: Number.isNaN(precisionWhereCovered) ? null : precisionWhereCovered,
    trusted: Object.fromEntries(labels.map((label) => [label, trustIn(outcomes, label)])),
    intervals: Object.fromEntries(
      Object.keys(whole).flatMap((name) => {
        const interval = drawn[name as HeadlineName];
        return interval ? [[name, interval]] : [];
      }),
    ),
    classIntervals: Object.fromEntries(
      labels.flatMap((label) => {
        const interval = drawn[`class ${label}` as HeadlineName];
        return interval && (report.classes[label]?.support ?? 0) > 0 ? [[label, interval]] : [];
      }),
    ),
    slices: measureSlices(outcomes, labels, seed),
  };
}

function reportOf(outcomes: readonly Outcome[], labels: readonly string[]): ClassificationReport {
  return classificationReport(
    outcomes.map(({ truth }) => truth),
    outcomes.map(({ predicted }) => predicted),
    labels,
  );
}

function headline(outcomes: readonly Outcome[], report: ClassificationReport): Record<HeadlineName, number> {
  const confidences = outcomes.map(({ confidence }) => confidence);
  const correct = outcomes.map((outcome) => outcome.correct);
  const covered = outcomes.filter(({ abstains }) => !abstains);
  return {
    accuracy: report.accuracy,
    macroF1: report.macroF1,
    weightedF1: report.weightedF1,
    ece: expectedCalibrationError(confidences, correct),
    riskCoverageArea: riskCoverage(confidences, correct).area,
    coverage: covered.length / outcomes.length,
    precisionWhereCovered: covered.filter((outcome) => outcome.correct).length / covered.length,
  };
}

/** NaN in a draw that has no row of the class: its F1 is unknown there, not 0. */
function classF1(report: ClassificationReport, label: string): number {
  const { f1 = 0, support = 0 } = report.classes[label] ?? {};
  return support === 0 ? Number.NaN : f1;
}

function trustIn(outcomes: readonly Outcome[], label: string) {
  const predicted = outcomes.filter((outcome) => outcome.predicted === label);
  const trusted = predicted.filter(({ abstains }) => !abstains);
  return {
    predicted: predicted.length,
    coverage: predicted.length === 0 ? 0 : trusted.length / predicted.length,
    precision: trusted.length === 0 ? null : trusted.filter(({ correct }) => correct).length / trusted.length,
  };
}

function measureSlices(
  outcomes: readonly Outcome[],
  labels: readonly string[],
  seed: number,
): Record<string, SliceMeasures> {
  const sources = [...Map.groupBy(outcomes, ({ source }) => source)]
    .sort(([nameA, a], [nameB, b]) => b.length - a.length || (nameA < nameB ? -1 : 1))
    .slice(0, mostSources)
    .map(([name]) => name);
  const slices = new Map([
    ...Map.groupBy(outcomes, ({ language }) => `language ${language}`),
    ...Map.groupBy(outcomes, ({ text }) => `length ${lengthBand(text)}`),
    ...Map.groupBy(outcomes, ({ source }) => `source ${sources.includes(source) ? source : "other"}`),
  ]);
  return Object.fromEntries(
    [...slices].sort().map(([name, rows]) => {
      const { accuracy, macroF1 } = reportOf(rows, labels);
      const drawn = bootstrapByGroup(
        rows,
        ({ group }) => group,
        (resampled) => ({ accuracy: resampled.filter(({ correct }) => correct).length / resampled.length }),
        { draws, random: seededRandom(seed) },
      );
      return [name, { rows: rows.length, accuracy, macroF1, interval: drawn.accuracy ?? null }];
    }),
  );
}

function lengthBand(text: string): string {
  const words = text.split(/\s+/).length;
  if (words <= 12) return "1-12 words";
  return words <= 60 ? "13-60 words" : "over 60 words";
}
