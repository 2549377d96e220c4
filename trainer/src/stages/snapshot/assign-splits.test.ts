import { expect, test } from "vitest";
import { assignSplits, type RowToAssign } from "./assign-splits.ts";

const params = {
  shares: { train: 0.7, calibration: 0.1, holdout: 0.2 },
  recent: { share: 0.1, min_rows: 5 },
};
const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();

/** One ticket a day, each a group of its own. */
const rowsOf = (count: number, change: (index: number) => Partial<RowToAssign> = () => ({})): RowToAssign[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r-${String(index).padStart(4, "0")}`,
    group: `g-${index}`,
    stratum: "one",
    createdAt: day(index),
    before: undefined,
    ...change(index),
  }));

const chosen = (rows: readonly RowToAssign[], splits: readonly string[], split: string) =>
  rows.filter((_, index) => splits[index] === split).map(({ id }) => id);

test("the newest tenth is the recent window, and nothing of it is fitted on", () => {
  const rows = rowsOf(200);
  const { splitOfRow, recentFrom } = assignSplits(rows, params, 1);
  expect(chosen(rows, splitOfRow, "recent")).toEqual(rows.slice(180).map(({ id }) => id));
  expect(recentFrom).toBe(day(180));
  expect(chosen(rows, splitOfRow, "train")).toHaveLength(126);
  expect(chosen(rows, splitOfRow, "holdout")).toHaveLength(36);
});

test("a new row whose group is older is set aside, and the window takes another", () => {
  const rows = rowsOf(200, (index) => (index === 199 ? { group: "g-3" } : {}));
  const { splitOfRow } = assignSplits(rows, params, 1);
  expect(splitOfRow[199]).toBe("newer_than_cut_off");
  expect(splitOfRow[3]).not.toBe("recent");
  expect(chosen(rows, splitOfRow, "recent")).toEqual(rows.slice(179, 199).map(({ id }) => id));
});

test("rows without a time have no window, and it is said", () => {
  const { splitOfRow, recentFrom, noRecentWindow } = assignSplits(
    rowsOf(50, () => ({ createdAt: null })),
    params,
    1,
  );
  expect(splitOfRow).not.toContain("recent");
  expect({ recentFrom, noRecentWindow }).toEqual({ recentFrom: null, noRecentWindow: "no row has a time" });
});

test("a window that would take more than half of the rows is none", () => {
  const { recentFrom, noRecentWindow } = assignSplits(rowsOf(9), params, 1);
  expect(recentFrom).toBeNull();
  expect(noRecentWindow).toContain("more than half of the 9 rows");
});

test("rows stay where the snapshot before had them; what was recent is shared out", () => {
  const first = rowsOf(200);
  const before = assignSplits(first, params, 1).splitOfRow;
  const second = rowsOf(240, (index) => ({
    before: index < 200 ? (before[index] as RowToAssign["before"]) : undefined,
  }));
  const { splitOfRow } = assignSplits(second, params, 99);
  const moved = second.filter(
    (row, index) => row.before && row.before !== "recent" && splitOfRow[index] !== row.before,
  );
  expect(moved).toEqual([]);
  expect(chosen(second, splitOfRow, "recent")).toEqual(second.slice(216).map(({ id }) => id));
  expect(second.slice(180, 216).map((_, index) => splitOfRow[180 + index])).toContain("holdout");
  expect(chosen(second, splitOfRow, "holdout")).toHaveLength(43);
});

test("what was held out stays so, also where it is as new as the recent window", () => {
  const rows = rowsOf(200, (index) => (index >= 195 ? { before: "holdout" } : {}));
  const { splitOfRow } = assignSplits(rows, params, 1);
  expect(new Set(splitOfRow.slice(195))).toEqual(new Set(["holdout"]));
  expect(chosen(rows, splitOfRow, "recent")).toEqual(rows.slice(175, 195).map(({ id }) => id));
});

test("the same rows again, after themselves, are assigned as they were", () => {
  // Groups that span the cut-off: every third of the newest rows is near to an old one.
  const rows = rowsOf(200, (index) => (index > 150 && index % 3 === 0 ? { group: `g-${index - 150}` } : {}));
  const { splitOfRow } = assignSplits(rows, params, 1);
  expect(splitOfRow).toContain("newer_than_cut_off");
  const again = rows.map((row, index) => {
    const before = splitOfRow[index];
    return before === "newer_than_cut_off" ? row : { ...row, before: before as RowToAssign["before"] };
  });
  expect(assignSplits(again, params, 1).splitOfRow).toEqual(splitOfRow);
});

test("a row that comes again under another id stays where its text was", () => {
  const rows = rowsOf(100, (index) =>
    index < 10 ? { before: "held" } : index < 40 ? { before: "trained" } : {},
  );
  const { splitOfRow } = assignSplits(rows, { shares: params.shares }, 1);
  expect(new Set(splitOfRow.slice(0, 10))).toEqual(new Set(["holdout"]));
  expect(new Set(splitOfRow.slice(10, 40))).toEqual(new Set(["train"]));
});

test("what once trained a model and was set aside is never held out", () => {
  const rows = rowsOf(100, (index) => (index % 2 === 0 ? { before: "trained" } : {}));
  const { splitOfRow } = assignSplits(rows, { shares: params.shares }, 1);
  expect(rows.filter((row, index) => row.before && splitOfRow[index] === "holdout")).toEqual([]);
  expect(chosen(rows, splitOfRow, "holdout")).toHaveLength(20);
});

test("the order of the rows changes nothing", () => {
  const rows = rowsOf(200, (index) => ({ group: `g-${index % 130}`, stratum: `s-${index % 3}` }));
  const { splitOfRow } = assignSplits(rows, params, 5);
  expect(assignSplits(rows.toReversed(), params, 5).splitOfRow.toReversed()).toEqual(splitOfRow);
});
