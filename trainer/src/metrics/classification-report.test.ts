import { expect, test } from "vitest";
import { classificationReport } from "./classification-report.ts";

test("rates are scikit-learn's", () => {
  // classification_report(truth, predicted, labels=["a", "b", "c"], zero_division=0) of scikit-learn 1.7.2
  const truth = ["a", "a", "a", "b", "b", "c"];
  const predicted = ["a", "a", "b", "b", "c", "b"];
  const report = classificationReport(truth, predicted, ["a", "b", "c"]);
  expect(report.accuracy).toBeCloseTo(0.5, 12);
  expect(report.macroF1).toBeCloseTo(0.4, 12);
  expect(report.weightedF1).toBeCloseTo(0.5333333333, 9);
  // precision: a 1, b 1/3, c 0; recall: a 2/3, b 1/2, c 0
  expect(report.macroPrecision).toBeCloseTo(4 / 9, 12);
  expect(report.weightedPrecision).toBeCloseTo((3 * 1 + 2 / 3) / 6, 12);
  expect(report.macroRecall).toBeCloseTo(7 / 18, 12);
  expect(report.weightedRecall).toBeCloseTo(report.accuracy, 12);
  expect(report.classes.a).toMatchObject({ precision: 1, recall: expect.closeTo(2 / 3, 12), support: 3 });
  expect(report.classes.b?.f1).toBeCloseTo(0.4, 12);
  expect(report.classes.c).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  expect(report.confusion).toEqual([
    [2, 1, 0],
    [0, 1, 1],
    [0, 1, 0],
  ]);
});

test("a label that occurs nowhere does not pull the mean down", () => {
  expect(classificationReport(["a", "b"], ["a", "b"], ["a", "b", "never"]).macroF1).toBe(1);
});

test("a label that is not known is refused", () => {
  expect(() => classificationReport(["a"], ["x"], ["a"])).toThrow(RangeError);
});
