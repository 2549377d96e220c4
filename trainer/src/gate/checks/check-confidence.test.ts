import { expect, test } from "vitest";
import { gateSchema } from "../../params.ts";
import { checkConfidence } from "./check-confidence.ts";
import { formatPoints } from "./format-points.ts";

/** Draws that are spread evenly around the point, so that the 5 % and 95 % bounds are lower and upper. */
const difference = (lower: number, point: number, upper: number) => {
  const reach = (upper - lower) / 0.9;
  const middle = (upper + lower) / 2;
  return {
    point,
    draws: Float64Array.from({ length: 1_001 }, (_, index) => middle + reach * (index / 1_000 - 0.5)),
  };
};
const none = { point: 0, draws: new Float64Array(200) };

const statusOf = (
  ece: ReturnType<typeof difference>,
  riskCoverage: ReturnType<typeof difference>,
  theirs = 0.1,
) => {
  const draws = { macroF1: none, ece, riskCoverage: { ...riskCoverage, theirs } };
  const comparison = { rows: 600, draws };
  const checks = checkConfidence({ queue: comparison, urgency: comparison }, gateSchema.parse({}));
  return checks.slice(0, 2).map(({ status }) => status);
};

test.each([
  ["shown to be harmless", 0.001, 0.01, 0.019, "passed"],
  ["too few rows to show it, and no harm shown", -0.02, 0.005, 0.03, "passed"],
  ["no harm shown, and the difference itself over the limit", -0.005, 0.021, 0.05, "failed"],
  ["under the limit, and surely worse", 0.005, 0.015, 0.025, "failed"],
])("ECE %s", (_, lower, point, upper, status) => {
  expect(statusOf(difference(lower, point, upper), none)[0]).toBe(status);
});

test.each([
  ["a twentieth of the serving model's is the limit", 0.0031, 0.0049, 0.0051, 0.1, "failed"],
  ["the same difference of a larger area", 0.0031, 0.0049, 0.0051, 0.2, "passed"],
  ["both without an error", 0, 0, 0, 0, "passed"],
  ["the first errors", 0.001, 0.002, 0.003, 0, "failed"],
])("risk-coverage area: %s", (_, lower, point, upper, theirs, status) => {
  expect(statusOf(none, difference(lower, point, upper), theirs)[1]).toBe(status);
});

test("without draws nothing is passed", () => {
  const empty = { point: 0, draws: new Float64Array() };
  expect(statusOf(empty, empty)).toEqual(["could_not_run", "could_not_run"]);
});

test.each([
  [0.018, "+1.8"],
  [-0.0123, "−1.2"],
  [-0.0001, "0.0"],
])("%f is %s points", (value, text) => {
  expect(formatPoints(value)).toBe(text);
});
