import { expect, test } from "vitest";
import { bootstrapByGroup } from "../../metrics/bootstrap-by-group.ts";
import { classificationReport } from "../../metrics/classification-report.ts";
import { expectedCalibrationError } from "../../metrics/expected-calibration-error.ts";
import { riskCoverage } from "../../metrics/risk-coverage.ts";
import { seededRandom } from "../../metrics/seeded-random.ts";
import { boundsOf } from "./bounds.ts";
import { type PairedRow, pairedDraws } from "./paired-draws.ts";

const labels = ["a", "b", "c"];

/** Two models that are right on about four rows of five; confidences on a grid, so that there are ties; groups of 1 to 3 rows. */
function exampleRows(count: number, seed: number): PairedRow[] {
  const random = seededRandom(seed);
  const pick = () => labels[Math.floor(random() * 3)] ?? "a";
  return Array.from({ length: count }, (_, index) => {
    const truth = pick();
    const answer = () => ({
      label: random() < 0.75 ? truth : pick(),
      confidence: Math.round(20 * (0.4 + 0.6 * random())) / 20,
    });
    return { group: `g${Math.floor(index / (1 + (index % 3)))}`, truth, ours: answer(), theirs: answer() };
  });
}

/** The same by the functions that evaluate uses, on copies of rows. */
function measure(rows: readonly PairedRow[], whose: "ours" | "theirs") {
  const sorted = [...rows].sort((x, y) => x[whose].confidence - y[whose].confidence);
  const confidences = sorted.map((row) => row[whose].confidence);
  const correct = sorted.map((row) => row[whose].label === row.truth);
  const report = classificationReport(
    rows.map(({ truth }) => truth),
    rows.map((row) => row[whose].label),
    labels,
  );
  return {
    macroF1: report.macroF1,
    ece: expectedCalibrationError(confidences, correct),
    riskCoverage: riskCoverage(confidences, correct).area,
  };
}

test("on the rows themselves the differences are those of the functions that evaluate uses", () => {
  const rows = exampleRows(203, 1);
  const { macroF1, ece, riskCoverage } = pairedDraws(rows, { draws: 0, random: seededRandom(1) });
  const [ours, theirs] = [measure(rows, "ours"), measure(rows, "theirs")];
  expect(macroF1.point).toBeCloseTo(ours.macroF1 - theirs.macroF1, 12);
  expect(ece.point).toBeCloseTo(ours.ece - theirs.ece, 12);
  expect(riskCoverage.point).toBeCloseTo(ours.riskCoverage - theirs.riskCoverage, 12);
  expect(riskCoverage.theirs).toBeCloseTo(theirs.riskCoverage, 12);
});

test("draws are those of bootstrapByGroup, weighted instead of copied", () => {
  const rows = exampleRows(120, 2);
  const draws = 400;
  const fast = pairedDraws(rows, { draws, random: seededRandom(9) });
  const slow = bootstrapByGroup(
    rows,
    ({ group }) => group,
    (drawn) => {
      const [ours, theirs] = [measure(drawn, "ours"), measure(drawn, "theirs")];
      return {
        macroF1: ours.macroF1 - theirs.macroF1,
        riskCoverage: ours.riskCoverage - theirs.riskCoverage,
      };
    },
    { draws, random: seededRandom(9) },
  );
  for (const name of ["macroF1", "riskCoverage"] as const) {
    expect(fast[name].draws).toHaveLength(draws);
    const at = (share: number) => fast[name].draws[Math.round((draws - 1) * share)]!;
    expect(at(0.025)).toBeCloseTo(slow[name]![0], 2);
    expect(at(0.975)).toBeCloseTo(slow[name]![1], 2);
  }
});

test("a class that a draw has no row of, and a wrong guess of one, pull no mean down", () => {
  const rows = exampleRows(60, 3).filter(({ truth }) => truth !== "c");
  const guess = { label: "d", confidence: 0.5 };
  const said = rows.map((row, index) => ({ ...row, ours: index === 0 ? guess : row.theirs }));
  // One wrong answer among some 20 of its class costs about a fortieth of one of two F1s.
  expect(pairedDraws(said, { draws: 0, random: seededRandom(1) }).macroF1.point).toBeGreaterThan(-0.03);
});

test("models that say the same differ by nothing in every draw; one group gives none", () => {
  const rows = exampleRows(50, 4).map((row) => ({ ...row, ours: row.theirs }));
  const { macroF1, ece } = pairedDraws(rows, { draws: 50, random: seededRandom(1) });
  expect([...boundsArray(macroF1), ...boundsArray(ece)]).toEqual([0, 0, 0, 0]);
  const alone = rows.map((row) => ({ ...row, group: "one" }));
  expect(boundsOf(pairedDraws(alone, { draws: 50, random: seededRandom(1) }).macroF1).lower).toBeNaN();
  expect(boundsOf(pairedDraws([], { draws: 50, random: seededRandom(1) }).macroF1).lower).toBeNaN();
});

const boundsArray = (difference: { draws: Float64Array; point: number }) => {
  const { lower, upper } = boundsOf(difference);
  return [lower, upper];
};

test("bounds are the 5 % and 95 % quantiles, and p counts the draws that are not above 0", () => {
  const draws = Float64Array.from({ length: 101 }, (_, index) => index - 10);
  // numpy.quantile(range(-10, 91), [.05, .95]) = -5, 85; 11 of 101 draws are at or below 0: 12 / 102.
  expect(boundsOf({ point: 0, draws })).toEqual({ lower: -5, upper: 85, pNotAbove: 12 / 102 });
});
