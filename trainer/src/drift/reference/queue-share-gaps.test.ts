import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { buildProfile } from "./build-profile.ts";
import { encodeRow } from "./encode-row.ts";
import { queueShareGaps } from "./queue-share-gaps.ts";
import { summariseRows } from "./window-summary.ts";

const rows = drawRows({ random: seededRandom(1), count: 8_000 });
const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
const profile = buildProfile(rows, options, seededRandom(2));
const gapOf = (seed: number, count: number, network?: number) => {
  const drawn = drawRows({ random: seededRandom(seed), count, ...(network ? { network } : {}) });
  const encoded = drawn.map((row) => encodeRow(row, profile.encoding));
  return queueShareGaps(summariseRows(encoded, profile.encoding), profile.total)[0] ?? Number.NaN;
};

test("a gap is the difference of shares, with its sign", () => {
  const [window, reference] = [Float64Array.from([3, 1]), Float64Array.from([10, 30])];
  expect([...queueShareGaps({ expectedRows: window }, { expectedRows: reference })]).toEqual([0.5, -0.5]);
  const nothing = { expectedRows: new Float64Array(2) };
  expect([...queueShareGaps(nothing, { expectedRows: reference })]).toEqual([Number.NaN, Number.NaN]);
});

// The seeds of windows begin at 100, away from the reference's.
test.each([50, 200, 1_000])("without a shift gaps are 0 on average, at %i rows against 8,000", (count) => {
  const gaps = Array.from({ length: 100 }, (_, k) => gapOf(100 + k, count));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  // Three standard errors of a mean of 100, and the reference's own error.
  const error = deviation * Math.sqrt(1 / 100 + count / 8_000);
  expect(Math.abs(mean)).toBeLessThan(3 * error);
  expect(gaps.filter((gap) => gap > 0).length).toBeGreaterThan(20);
});

test("ten points of a class are as much as its probabilities tell it from the others", () => {
  // A ticket of either queue has a probability of .825 on average, so ten points of the truth are .1 x (.825 - .175) of the share.
  const gaps = Array.from({ length: 30 }, (_, k) => gapOf(500 + k, 1_000, 0.5));
  expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeCloseTo(-0.065, 1);
  expect(Math.max(...gaps)).toBeLessThan(0);
});
