import { expect, test } from "vitest";
import { compareWithBaseline } from "./compare-with-baseline.ts";
import { exampleEvaluation } from "./report/example-evaluation.ts";

const outcomes = exampleEvaluation().outcomes.queue;
const said = (labelOf: (outcome: (typeof outcomes)[number]) => string) =>
  Object.fromEntries(outcomes.map((outcome) => [outcome.id, labelOf(outcome)]));

test("a baseline that says the same leads by nothing, without a range of chance", () => {
  const { lead, rows } = compareWithBaseline(
    outcomes,
    said(({ predicted }) => predicted),
    1,
  )!;
  expect(rows).toBe(90);
  expect(lead).toEqual({ macroF1: 0, weightedF1: 0, intervals: { macroF1: [0, 0], weightedF1: [0, 0] } });
});

test("a baseline that always says one queue is beaten for sure, and its figures are its own", () => {
  const one = compareWithBaseline(
    outcomes,
    said(() => "Print"),
    1,
  )!;
  expect(one.accuracy).toBeCloseTo(1 / 3, 12);
  expect(one.macroF1).toBeCloseTo((2 * (1 / 3)) / (1 + 1 / 3) / 3, 12);
  expect(one.lead.intervals.macroF1![0]).toBeGreaterThan(0.4);
});

test("rows that the baseline did not answer are compared by neither", () => {
  const half = Object.fromEntries(Object.entries(said(({ truth }) => truth)).slice(0, 45));
  expect(compareWithBaseline(outcomes, half, 1)?.rows).toBe(45);
  expect(compareWithBaseline(outcomes, {}, 1)).toBeNull();
});
