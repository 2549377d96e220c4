import { expect, test } from "vitest";
import scipy from "../fixtures/scipy-reference.json" with { type: "json" };
import { kolmogorovSurvival } from "./kolmogorov-survival.ts";

const cases = scipy.cases.flatMap(({ kind, n, x, exp }) =>
  kind === "kstwo" && typeof exp === "number" ? [{ n: n ?? 0, d: x ?? 0, expected: exp }] : [],
);

test("the reference has every size and region", () => expect(cases.length).toBe(42));

test.each(cases)("P(D >= $d) of $n observations is scipy's", ({ n, d, expected }) => {
  const error = Math.abs(kolmogorovSurvival(d, n) - expected);
  expect(error).toBeLessThanOrEqual(1e-9 * expected + 1e-300);
});

test("the formulas meet: no step in p where one takes over from the next", () => {
  for (const n of [10, 140, 141, 1_000, 20_000]) {
    let last = 1;
    for (let z = 0.3; z < 3; z += 0.01) {
      const p = kolmogorovSurvival(z / Math.sqrt(n), n);
      expect(p).toBeLessThanOrEqual(last + 1e-8);
      expect(last - p).toBeLessThan(0.03);
      last = p;
    }
  }
});

test("the ends are exact", () => {
  expect(kolmogorovSurvival(0, 7)).toBe(1);
  expect(kolmogorovSurvival(1, 7)).toBe(0);
  // One observation: D = max(u, 1 - u), so P(D >= .75) = .5.
  expect(kolmogorovSurvival(0.75, 1)).toBeCloseTo(0.5, 15);
  expect(() => kolmogorovSurvival(0.5, 0)).toThrow(RangeError);
});
