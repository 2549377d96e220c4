import { expect, test } from "vitest";
import { holm } from "./holm.ts";
import { signTest } from "./sign-test.ts";

test.each([
  // scipy.stats.binomtest(losses, losses + wins, .5, alternative="greater").pvalue
  [0, 0, 1],
  [0, 7, 1],
  [5, 0, 0.03125],
  [8, 2, 0.0546875],
  [15, 5, 0.02069473266601563],
  [60, 40, 0.02844396682049],
])("sign test of %i losses and %i wins", (losses, wins, p) => {
  expect(signTest(losses, wins)).toBeCloseTo(p, 10);
});

test("Holm's adjusted p-values, as statsmodels gives them", () => {
  // multipletests([.01, .04, .03, .005], method="holm")[1] = [.03, .06, .06, .02]
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Math.round(p * 1e12) / 1e12)).toEqual([
    0.03, 0.06, 0.06, 0.02,
  ]);
  expect(holm([])).toEqual([]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});
