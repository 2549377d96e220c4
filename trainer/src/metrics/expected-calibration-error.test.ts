import { expect, test } from "vitest";
import { expectedCalibrationError } from "./expected-calibration-error.ts";

test("the gap of each bin counts by its rows", () => {
  // Two bins: confidence .9 with 1 of 2 right (gap .4), .3 with 1 of 1 right (gap .7): (2 x .4 + 1 x .7) / 3 = .5
  expect(expectedCalibrationError([0.9, 0.9, 0.3], [true, false, true], 10)).toBeCloseTo(0.5, 12);
});

test("confidence 1 is in the last bin, and no rows are no error", () => {
  expect(expectedCalibrationError([1, 1], [true, false])).toBe(0.5);
  expect(expectedCalibrationError([], [])).toBe(0);
});
