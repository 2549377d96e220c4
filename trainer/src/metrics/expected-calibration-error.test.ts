import { expect, test } from "vitest";
import { expectedCalibrationError } from "./expected-calibration-error.ts";
import { reliabilityBins } from "./reliability-bins.ts";
import { seededRandom } from "./seeded-random.ts";

test("the gap of each bin counts by its rows", () => {
  // Two bins of two: .3 and .5 with both right (gap .6), .9 and .9 with one right (gap .4): (2 x .6 + 2 x .4) / 4 = .5
  expect(expectedCalibrationError([0.9, 0.5, 0.9, 0.3], [true, true, false, true], 2)).toBeCloseTo(0.5, 12);
});

test("bins hold equally many rows, from the least confident to the most", () => {
  const bins = reliabilityBins([0.9, 0.1, 0.5, 0.7, 0.3], [true, false, true, false, true], 2);
  expect(bins.map(({ rows }) => rows)).toEqual([2, 3]);
  expect(bins[0]).toEqual({ rows: 2, confidence: 0.2, accuracy: 0.5 });
  expect(bins[1]?.confidence).toBeCloseTo(0.7, 12);
  expect(bins[1]?.accuracy).toBeCloseTo(2 / 3, 12);
});

test("a model that keeps its promises shows what is left by chance alone", () => {
  const random = seededRandom(3);
  const confidences = Array.from({ length: 20_000 }, () => 0.2 + 0.8 * random());
  const kept = confidences.map((confidence) => random() < confidence);
  expect(expectedCalibrationError(confidences, kept)).toBeLessThan(0.015);
  const boasting = confidences.map((confidence) => Math.min(1, confidence + 0.1));
  expect(expectedCalibrationError(boasting, kept)).toBeGreaterThan(0.08);
});

test("fewer rows than bins, and none", () => {
  expect(expectedCalibrationError([1, 1], [true, false])).toBe(0.5);
  expect(expectedCalibrationError([], [])).toBe(0);
});
