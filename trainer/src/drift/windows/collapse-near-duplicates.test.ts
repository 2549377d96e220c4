import { expect, test } from "vitest";
import { drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { collapseNearDuplicates } from "./collapse-near-duplicates.ts";
import type { DriftRow } from "./drift-row.ts";

const options = { cosine: 0.97, burstRows: 5 };
const hour = 3_600_000;
const [row] = drawRows({ random: seededRandom(1), count: 1 });
const copy = (id: string, at: number, change: Partial<DriftRow> = {}): DriftRow => ({
  ...row!,
  id,
  at,
  ...change,
});

test("copies within an hour count once, the first of them, with their number", () => {
  const rows = Array.from({ length: 6 }, (_, k) => copy(`c${k}`, k * 60_000));
  const collapsed = collapseNearDuplicates(rows, options);
  expect(collapsed.rows.map(({ id }) => id)).toEqual(["c0"]);
  expect(collapsed.duplicates).toBe(5);
  expect(collapsed.bursts).toMatchObject([{ hour: 0, id: "c0", rows: 6 }]);
  expect(collapsed.burstIds).toEqual(["c0", "c1", "c2", "c3", "c4", "c5"]);
});

test("the same text in another hour counts again", () => {
  const collapsed = collapseNearDuplicates([copy("a", hour - 1), copy("b", hour)], options);
  expect(collapsed.rows).toHaveLength(2);
  expect(collapsed.bursts).toEqual([]);
});

test("a cosine of .97 is alike, one of .96 is not", () => {
  const at = (angle: number) => Float32Array.from([Math.cos(angle), Math.sin(angle)]);
  const pair = (cosine: number) => [
    copy("a", 0, { embedding: at(0) }),
    copy("b", 1, { embedding: at(Math.acos(cosine)) }),
  ];
  expect(collapseNearDuplicates(pair(0.971), options).rows).toHaveLength(1);
  expect(collapseNearDuplicates(pair(0.96), options).rows).toHaveLength(2);
});

test("rows without a vector all stay", () => {
  const rows = [copy("a", 0, { embedding: null }), copy("b", 1, { embedding: null }), copy("c", 2)];
  expect(collapseNearDuplicates(rows, options).rows).toHaveLength(3);
});

test("an hour of 3,000 different texts keeps them all", () => {
  const rows = drawRows({ random: seededRandom(2), count: 3_000, stepMs: 1 });
  expect(collapseNearDuplicates(rows, { ...options, cosine: 0.9999999 }).rows).toHaveLength(3_000);
});
