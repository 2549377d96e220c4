import { expect, test } from "vitest";
import { type RowToSplit, type Split, splitByGroup } from "./split-by-group.ts";

const shares = { train: 0.7, calibration: 0.1, holdout: 0.2 };

const rowsOf = (count: number, stratum: (index: number) => string): RowToSplit[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `row-${index}`,
    group: `group-${index}`,
    stratum: stratum(index),
  }));

const countOf = (splits: Split[], split: Split) => splits.filter((given) => given === split).length;

test("each stratum is spread in the stated shares, also a small one", () => {
  const rows = rowsOf(330, (index) => (index % 11 === 0 ? "rare" : "common"));
  const given = splitByGroup(rows, shares, 1);
  for (const [stratum, count] of [
    ["rare", 30],
    ["common", 300],
  ] as const) {
    const own = given.filter((_, index) => rows[index]?.stratum === stratum);
    expect(countOf(own, "train")).toBe(count * 0.7);
    expect(countOf(own, "calibration")).toBe(count * 0.1);
    expect(countOf(own, "holdout")).toBe(count * 0.2);
  }
});

test("a group is never parted", () => {
  const rows = rowsOf(300, () => "one").map((row, index) => ({ ...row, group: `group-${index % 40}` }));
  const given = splitByGroup(rows, shares, 1);
  const splitsOfGroups = Map.groupBy(given.keys(), (index) => rows[index]!.group);
  for (const indexes of splitsOfGroups.values()) {
    expect(new Set([...indexes].map((index) => given[index])).size).toBe(1);
  }
});

test("the order of the rows changes nothing, the seed does", () => {
  const alone = rowsOf(200, (index) => `stratum-${index % 3}`);
  const rows = alone.map((row, index) => ({ ...row, group: `group-${index % 150}` }));
  const given = splitByGroup(rows, shares, 7);
  expect(splitByGroup(rows.toReversed(), shares, 7).toReversed()).toEqual(given);
  expect(splitByGroup(rows, shares, 8)).not.toEqual(given);
});
