import { expect, test } from "vitest";
import { defaultDriftParams } from "../drift-params.ts";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import type { DriftRow } from "./drift-row.ts";
import { findDataFaults } from "./find-data-faults.ts";

const baseline = { languages: { en: 1 }, commonestShares: [0.01, 0.25, 0.7], callerShare: 0.04 };
const rows = drawRows({ random: seededRandom(1), count: 300 });
const faultsOf = (change: (row: DriftRow, at: number) => Partial<DriftRow>) =>
  findDataFaults(
    rows.map((row, at) => ({ ...row, ...change(row, at) })),
    drawnSchema,
    baseline,
    defaultDriftParams.faults,
  ).map(({ kind, subject }) => `${kind} ${subject}`);

test("good rows have no faults, and no rows neither", () => {
  expect(faultsOf(() => ({}))).toEqual([]);
  expect(findDataFaults([], drawnSchema, baseline, defaultDriftParams.faults)).toEqual([]);
});

test.each([
  [
    "a tenth of the vectors is missing",
    (_: DriftRow, at: number) => (at % 10 === 0 ? { embedding: null } : {}),
    "missing_values embedding",
  ],
  [
    "a feature is missing in a tenth",
    ({ numeric }: DriftRow, at: number) =>
      at % 10 === 0 ? { numeric: [Number.NaN, numeric[1] ?? 0, 0] } : {},
    "missing_values length",
  ],
  [
    "a tenth has no text",
    (_: DriftRow, at: number) => (at % 10 === 0 ? { text: " " } : {}),
    "empty_text text",
  ],
  [
    "four in ten are in a language that was never there",
    (_: DriftRow, at: number) => (at % 10 < 4 ? { language: "de" } : {}),
    "foreign_language de",
  ],
  [
    "a feature stopped varying",
    ({ numeric }: DriftRow) => ({ numeric: [numeric[0] ?? 0, 0, numeric[2] ?? 0] }),
    "constant_column digits",
  ],
  [
    "six in ten come from one caller",
    (_: DriftRow, at: number) => (at % 10 < 6 ? { caller: "robot" } : {}),
    "one_caller robot",
  ],
])("%s", (_, change, fault) => expect(faultsOf(change)).toEqual([fault]));

test("a tenth in another language is a matter for the statistics, not a fault", () => {
  expect(faultsOf((_, at) => (at % 10 === 0 ? { language: "de" } : {}))).toEqual([]);
});

test("a feature that hardly ever varies is constant in some windows by chance, which is no fault", () => {
  const rare = { ...baseline, commonestShares: [0.01, 0.94, 0.7] };
  const constant = (count: number) =>
    rows.slice(0, count).map((row) => ({ ...row, numeric: [row.numeric[0] ?? 0, 0, row.numeric[2] ?? 0] }));
  const faultsIn = (count: number) =>
    findDataFaults(constant(count), drawnSchema, rare, defaultDriftParams.faults).map(({ kind }) => kind);
  // .94^100 = .002, .94^300 = 9e-9.
  expect(faultsIn(100)).toEqual([]);
  expect(faultsIn(300)).toEqual(["constant_column"]);
});
