import { expect, test } from "vitest";
import scipy from "../fixtures/scipy-reference.json" with { type: "json" };
import { seededRandom } from "../seeded-random.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";

test("ks([1..5], [2..8]) is scipy's", () => {
  expect(kolmogorovSmirnov([1, 2, 3, 4, 5], [2, 3, 4, 5, 6, 7, 8]).pValue).toBeCloseTo(
    0.5454545454545454,
    14,
  );
});

test("value and exact p of scipy's sample", () => {
  const found = scipy.cases.find(({ kind }) => kind === "ks");
  const { value, pValue } = kolmogorovSmirnov(found?.a ?? [], found?.b ?? []);
  expect([value, pValue]).toEqual([expect.closeTo(0.4, 14), expect.closeTo(0.873015873015873, 14)]);
});

test("equal sizes and the lattice count the same paths", () => {
  // 2 C(4, 0) / C(4, 2): both paths that stay on one side, out of six.
  expect(kolmogorovSmirnov([1, 2], [3, 4]).pValue).toBeCloseTo(1 / 3, 14);
  // Doubling one side of completely separated samples: 2 / C(6, 2).
  expect(kolmogorovSmirnov([1, 2], [3, 4, 5, 6]).pValue).toBeCloseTo(2 / 15, 14);
});

test("the exact p and the asymptotic one meet at 10,000 rows", () => {
  const random = seededRandom(1);
  const reference = Array.from({ length: 10_000 }, random);
  const current = Array.from({ length: 700 }, () => random() ** 1.05);
  const exact = kolmogorovSmirnov(reference, current);
  const asymptotic = kolmogorovSmirnov([...reference, 0.5], current);
  expect(exact.estimator).toContain("exact");
  expect(asymptotic.estimator).toContain("asymptotic");
  expect(Math.abs(Number(exact.pValue) - Number(asymptotic.pValue))).toBeLessThan(0.01);
});

test("neither order nor which side is which matters", () => {
  const [a, b] = [
    [3, 1, 2, 2],
    [5, 2, 9],
  ];
  expect(kolmogorovSmirnov(a, b)).toEqual(kolmogorovSmirnov(b, a.toReversed()));
});
