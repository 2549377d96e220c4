import { expect, test } from "vitest";
import scipy from "../fixtures/scipy-reference.json" with { type: "json" };
import { chiSquareSurvival } from "./chi-square-survival.ts";
import { normalSurvival } from "./normal-survival.ts";
import { upperIncompleteGamma } from "./upper-incomplete-gamma.ts";

const cases = scipy.cases.flatMap(({ kind, df, x, exp }) =>
  kind === "chi2" && typeof exp === "number" ? [{ df: df ?? 0, x: x ?? 0, expected: exp }] : [],
);

test.each(cases)("P(X >= $x) at $df degrees of freedom is scipy's", ({ df, x, expected }) => {
  expect(chiSquareSurvival(x, df) / expected).toBeCloseTo(1, 11);
});

test("chi2.sf(12.5, 5) is scipy's", () => {
  expect(chiSquareSurvival(12.5, 5)).toBeCloseTo(0.028543123326167485, 14);
});

test("the normal tail is that of the tables, and is symmetric", () => {
  // Quantiles of 2.5 % and of 1e-9 (scipy.stats.norm.isf).
  expect(normalSurvival(1.959963984540054)).toBeCloseTo(0.025, 14);
  expect(normalSurvival(5.99780701500769) / 1e-9).toBeCloseTo(1, 10);
  expect(normalSurvival(-1) + normalSurvival(1)).toBeCloseTo(1, 15);
  expect(normalSurvival(0)).toBe(0.5);
});

test("Q is 1 at 0, 0 at infinity, and refuses what is not defined", () => {
  expect(upperIncompleteGamma(2, 0)).toBe(1);
  expect(upperIncompleteGamma(2, Number.POSITIVE_INFINITY)).toBe(0);
  expect(() => upperIncompleteGamma(0, 1)).toThrow("a > 0");
  expect(() => upperIncompleteGamma(1, Number.NaN)).toThrow(RangeError);
});
