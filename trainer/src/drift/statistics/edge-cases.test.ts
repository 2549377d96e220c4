import { expect, test } from "vitest";
import { alignedCounts } from "./aligned-counts.ts";
import { chiSquare } from "./chi-square.ts";
import { chiSquareTwoSample } from "./chi-square-two-sample.ts";
import { energyDistance } from "./energy-distance.ts";
import { jensenShannon } from "./jensen-shannon.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { kullbackLeibler } from "./kullback-leibler.ts";
import { normedWasserstein } from "./normed-wasserstein.ts";
import { populationStabilityIndex } from "./population-stability-index.ts";
import { presentValues } from "./present-values.ts";
import { twoProportionZ } from "./two-proportion-z.ts";

const overNumbers = { kolmogorovSmirnov, normedWasserstein, energyDistance };
const overCounts = {
  chiSquare,
  chiSquareTwoSample,
  twoProportionZ,
  jensenShannon,
  populationStabilityIndex,
  kullbackLeibler,
};

test.each(Object.entries(overNumbers))(
  "%s refuses an empty sample and what is not finite",
  (_, statistic) => {
    expect(() => statistic([], [1])).toThrow("without values");
    expect(() => statistic([1], [])).toThrow("without values");
    expect(() => statistic([1, Number.NaN], [1])).toThrow("not a finite number");
    expect(() => statistic([1], [Number.NEGATIVE_INFINITY, 2])).toThrow("not a finite number");
  },
);

test.each(Object.entries(overNumbers))(
  "%s of a sample with itself is 0, constants and ties too",
  (_, statistic) => {
    for (const sample of [[5], [2, 2, 2], [1, 1, 2, 3, 3], [1e300, -1e300]]) {
      const { value, pValue } = statistic(sample, sample);
      expect(value).toBe(0);
      expect(pValue ?? 1).toBe(1);
    }
  },
);

test.each(Object.entries(overNumbers))("%s stays finite with sizes of 1 and huge values", (_, statistic) => {
  for (const [a, b] of [
    [[1], [2]],
    [[1e12, 2e12], [-1e12]],
    [[0], new Array(500).fill(1e-12)],
  ] as const) {
    expect(Number.isFinite(statistic(a, b).value)).toBe(true);
  }
});

test.each(Object.entries(overCounts))(
  "%s refuses an empty side, other lengths and negative counts",
  (_, statistic) => {
    expect(() => statistic([0, 0], [1, 2])).toThrow("not all zero");
    expect(() => statistic([1, 2], [0, 0])).toThrow("not all zero");
    expect(() => statistic([1, 2], [1])).toThrow("cannot be compared");
    expect(() => statistic([1, -2], [1, 2])).toThrow("negative");
  },
);

test.each(Object.entries(overCounts))("%s of equal shares is 0, of one category too", (_, statistic) => {
  expect(statistic([30, 10], [3, 1]).value).toBeCloseTo(0, 15);
  const { value, pValue } = statistic([7], [3]);
  expect(value).toBe(0);
  expect(pValue ?? 1).toBe(1);
});

test("a category that the reference never saw is infinitely unlikely to chi-square and finite to the others", () => {
  expect(chiSquare([10, 10, 0], [5, 5, 1])).toMatchObject({ value: Number.POSITIVE_INFINITY, pValue: 0 });
  for (const statistic of [chiSquareTwoSample, jensenShannon, populationStabilityIndex, kullbackLeibler]) {
    expect(Number.isFinite(statistic([10, 10, 0], [5, 5, 1]).value)).toBe(true);
  }
});

test("disjoint samples are at the largest Jensen-Shannon distance, the square root of ln 2", () => {
  expect(jensenShannon([4, 0], [0, 9]).value).toBeCloseTo(Math.sqrt(Math.LN2), 15);
});

test("z is for two categories at most", () => {
  expect(() => twoProportionZ([1, 2, 3], [1, 2, 3])).toThrow("two categories, not 3");
});

test("a constant reference counts as a thousandth wide", () => {
  expect(normedWasserstein([2, 2], [3]).value).toBeCloseTo(1_000, 9);
});

test("null, undefined, NaN and infinities are missing, and counted", () => {
  expect(presentValues([1, null, Number.NaN, undefined, Number.POSITIVE_INFINITY, 0])).toEqual({
    present: [1, 0],
    missing: 4,
  });
});

test("counts are aligned over the union of categories", () => {
  expect(alignedCounts(["b", "a", "b"], ["c"])).toEqual({
    categories: ["a", "b", "c"],
    reference: [1, 2, 0],
    current: [0, 0, 1],
  });
});

test("the worked categorical example: a 50, b 30, c 20 against 10, 8, 12", () => {
  const [reference, current] = [
    [50, 30, 20],
    [10, 8, 12],
  ];
  expect(chiSquare(reference, current).pValue).toBeCloseTo(0.020468075714350487, 14);
  expect(chiSquareTwoSample(reference, current).pValue).toBeCloseTo(0.0732919796978958, 14);
  expect(jensenShannon(reference, current).value).toBeCloseTo(0.1608420969754533, 14);
});

test("counts of 0 and 1 have scipy's chi-square, z, Jensen-Shannon distance and PSI", async () => {
  const { default: scipy } = await import("../fixtures/scipy-reference.json", { with: { type: "json" } });
  const found = scipy.cases.find(({ kind }) => kind === "cat");
  const { reference, current } = alignedCounts((found?.a ?? []).map(String), (found?.b ?? []).map(String));
  expect(chiSquare(reference, current)).toMatchObject({
    value: expect.closeTo(0.008376472164982995, 14),
    pValue: expect.closeTo(0.9270769767231977, 13),
  });
  expect(twoProportionZ(reference, current).pValue).toBeCloseTo(0.9483766599396344, 13);
  expect(jensenShannon(reference, current).value).toBeCloseTo(0.0014477532958200034, 13);
  expect(populationStabilityIndex(reference, current).value).toBeCloseTo(1.6767930808647546e-5, 14);
});
