import { expect, test } from "vitest";
import evidently from "../fixtures/evidently-reference.json" with { type: "json" };
import { energyDistance } from "../statistics/energy-distance.ts";
import { jensenShannon } from "../statistics/jensen-shannon.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov-smirnov.ts";
import { kullbackLeibler } from "../statistics/kullback-leibler.ts";
import { normedWasserstein } from "../statistics/normed-wasserstein.ts";
import { populationStabilityIndex } from "../statistics/population-stability-index.ts";
import { binnedCounts } from "./binned-counts.ts";
import type { Column } from "./column.ts";
import { columnDrift } from "./column-drift.ts";
import { datasetDrift } from "./dataset-drift.ts";
import { sturgesBins } from "./sturges-bins.ts";

const columnOf = (name: string, type: string, values: readonly (number | string)[]): Column =>
  type === "numerical"
    ? { name, type, values: values.map(Number) }
    : { name, type: "categorical", values: values.map(String) };

const cases = evidently.cases.map(({ name, type, reference, current, ...rest }) => ({
  name,
  reference: columnOf(name, type, reference),
  current: columnOf(name, type, current),
  ...rest,
}));

test.each(cases)("$name: the test that Evidently chooses, its score and its verdict", (example) => {
  const { columns } = datasetDrift([example.reference], [example.current]);
  expect(columns[0]?.test).toBe(example.default);
  const expected = Object.entries(example.expected).find(([test]) => test === example.default)?.[1];
  expect(Math.abs(Number(columns[0]?.score) - Number(expected))).toBeLessThan(1e-9);
  expect(columns[0]?.drifted).toBe(example.drifted);
});

const byName: Record<string, (reference: Column, current: Column) => number | null> = {
  psi: (r, c) => counted(populationStabilityIndex, r, c),
  jensenshannon: (r, c) => counted(jensenShannon, r, c),
  kl_div: (r, c) => counted(kullbackLeibler, r, c),
  wasserstein: (r, c) => normedWasserstein(numbers(r), numbers(c)).value,
  ed: (r, c) => energyDistance(numbers(r), numbers(c)).value,
  ks: (r, c) => kolmogorovSmirnov(numbers(r), numbers(c)).pValue,
};

const others = cases.flatMap((example) =>
  Object.entries(example.expected).flatMap(([test, expected]) =>
    typeof expected === "number" && byName[test] ? [{ ...example, test, expected }] : [],
  ),
);

test("the reference has all of psi, js, kl, wasserstein, energy and ks", () => {
  expect(new Set(others.map(({ test }) => test))).toEqual(new Set(Object.keys(byName)));
});

test.each(others)("$name: $test is Evidently's to 1e-9", ({ reference, current, test, expected }) => {
  expect(Math.abs(Number(byName[test]?.(reference, current)) - expected)).toBeLessThan(1e-9);
});

function counted(statistic: typeof jensenShannon, reference: Column, current: Column): number {
  const counts = binnedCounts(reference, current);
  return statistic(counts.reference, counts.current).value;
}

const numbers = (column: Column) => column.values.map(Number);

const numeric = (name: string, values: readonly (number | null)[]): Column => ({
  name,
  type: "numerical",
  values,
});
const labels = (name: string, values: readonly (string | null)[]): Column => ({
  name,
  type: "categorical",
  values,
});
const repeat = (values: readonly number[], times: number) =>
  Array.from({ length: times }, () => values).flat();

test.each([
  ["numbers, 1,000 rows", numeric("x", repeat([1, 2, 3, 4, 5, 6, 7, 8], 125)), "ks"],
  ["numbers, 1,008 rows", numeric("x", repeat([1, 2, 3, 4, 5, 6, 7, 8], 126)), "wasserstein"],
  ["five values", numeric("x", repeat([1, 2, 3, 4, 5], 20)), "chisquare"],
  ["five values of many rows", numeric("x", repeat([1, 2, 3, 4, 5], 300)), "jensenshannon"],
  ["two values", numeric("x", repeat([0, 1], 20)), "z"],
  ["two labels", labels("x", ["a", "b", "a"]), "z"],
  ["three labels", labels("x", ["a", "b", "c"]), "chisquare"],
] as const)("%s are tested by %s as the table says", (_, column, test) => {
  expect(columnDrift(column, column)?.test).toBe(test);
});

test("chi-square shows the two-sample p beside its own", () => {
  const drift = columnDrift(
    labels("q", [...new Array(50).fill("a"), ...new Array(30).fill("b"), ...new Array(20).fill("c")]),
    labels("q", [...new Array(10).fill("a"), ...new Array(8).fill("b"), ...new Array(12).fill("c")]),
  );
  expect(drift?.score).toBeCloseTo(0.020468075714350487, 12);
  expect(drift?.twoSamplePValue).toBeCloseTo(0.0732919796978958, 12);
});

test("missing values do not count, and a column without any is named, not judged", () => {
  const reference = [numeric("x", [1, 2, null, Number.NaN, 3, 4, 5, 6]), labels("q", ["a", "b"])];
  const current = [numeric("x", [1, 2, 3, 4, 5, 6]), labels("q", [null, null])];
  const drift = datasetDrift(reference, current);
  expect(drift.columns.map(({ name, score }) => [name, score])).toEqual([["x", 1]]);
  expect(drift.incomparable).toEqual(["q"]);
});

test("a column of another type is refused", () => {
  expect(() => columnDrift(numeric("x", [1]), labels("x", ["1"]))).toThrow(
    "numerical in the reference, categorical now",
  );
});

test("the data set drifts from 30 % of the compared columns on", () => {
  const still = labels("still", ["a", "b", "a"]);
  const before = labels("moved", new Array(40).fill("a").concat("b"));
  const after = labels("moved", new Array(40).fill("b").concat("a"));
  const named = (name: string) => ({ ...still, name });
  const verdict = (count: number) => {
    const rest = Array.from({ length: count }, (_, index) => named(`s${index}`));
    return datasetDrift([before, ...rest], [after, ...rest]).drifted;
  };
  expect([verdict(2), verdict(3)]).toEqual([true, false]);
});

test("Sturges' bins close the last bin and survive a constant", () => {
  expect(sturgesBins([0, 1, 2, 3], [4])).toMatchObject({ reference: [1, 1, 1, 1], current: [0, 0, 0, 1] });
  expect(sturgesBins([7, 7], [7])).toMatchObject({ reference: [2], current: [1] });
});
