import { expect, test } from "vitest";
import { riskCoverage } from "./risk-coverage.ts";

test("the area is the mean risk over all coverages", () => {
  // By confidence: right, wrong, right, wrong. Risks 0/1, 1/2, 1/3, 2/4; their mean is (0 + .5 + .3333 + .5) / 4 = 1/3.
  const { points, area } = riskCoverage([0.6, 0.9, 0.8, 0.7], [false, true, false, true]);
  expect(area).toBeCloseTo(1 / 3, 12);
  expect(points.map(({ coverage }) => coverage)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(points.at(-1)?.risk).toBe(0.5);
});

test("confidence that knows its errors has less area than confidence that does not", () => {
  const correct = Array.from({ length: 100 }, (_, row) => row >= 20);
  const knows = correct.map((right, row) => (right ? 0.9 : 0.1) + row / 10_000);
  const blind = correct.map((_, row) => ((row * 37) % 100) / 100);
  expect(riskCoverage(knows, correct).area).toBeLessThan(0.03);
  expect(riskCoverage(blind, correct).area).toBeGreaterThan(0.15);
});

test("the order of rows with one confidence does not matter", () => {
  const even = riskCoverage([0.5, 0.5, 0.5, 0.5], [true, false, true, false]);
  expect(even).toEqual(riskCoverage([0.5, 0.5, 0.5, 0.5], [false, false, true, true]));
  expect(even.area).toBeCloseTo(0.5, 12);
});

test("no rows have no curve", () => {
  expect(riskCoverage([], [])).toEqual({ points: [], area: 0 });
});
