import { bootstrapByGroup, type Interval } from "../../metrics/bootstrap-by-group.ts";
import { classificationReport } from "../../metrics/classification-report.ts";
import { seededRandom } from "../../metrics/seeded-random.ts";
import type { Outcome } from "./label-outcomes.ts";

/** The baseline's own figures on the same rows, and how much better the bundle is, with the 95 % range of the paired difference. */
export type BaselineComparison = {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly lead: {
    readonly macroF1: number;
    readonly weightedF1: number;
    readonly intervals: Readonly<Partial<Record<"macroF1" | "weightedF1", Interval>>>;
  };
};

/** As many as the gate's. */
const draws = 2_000;

/**
 * The bundle beside a linear model, both on every row that the baseline answered: a paired bootstrap over groups. Null where it answered none
 * (a data set without such labels).
 */
export function compareWithBaseline(
  outcomes: readonly Outcome[],
  baseline: Readonly<Record<string, string>>,
  seed: number,
): BaselineComparison | null {
  const pairs = outcomes.flatMap((outcome) => {
    const simple = baseline[outcome.id];
    return simple === undefined ? [] : [{ ...outcome, simple }];
  });
  if (pairs.length === 0) return null;
  const labels = [
    ...new Set(pairs.flatMap(({ truth, predicted, simple }) => [truth, predicted, simple])),
  ].sort();
  const reports = (rows: typeof pairs) => {
    const truth = rows.map((row) => row.truth);
    const of = (predicted: string[]) => classificationReport(truth, predicted, labels);
    return { ours: of(rows.map(({ predicted }) => predicted)), theirs: of(rows.map(({ simple }) => simple)) };
  };
  const lead = (rows: readonly (typeof pairs)[number][]) => {
    const { ours, theirs } = reports([...rows]);
    return { macroF1: ours.macroF1 - theirs.macroF1, weightedF1: ours.weightedF1 - theirs.weightedF1 };
  };
  const options = { draws, random: seededRandom(seed) };
  const intervals = bootstrapByGroup(pairs, ({ group }) => group, lead, options);
  const { rows, accuracy, macroF1, weightedF1 } = reports(pairs).theirs;
  return { rows, accuracy, macroF1, weightedF1, lead: { ...lead(pairs), intervals } };
}
