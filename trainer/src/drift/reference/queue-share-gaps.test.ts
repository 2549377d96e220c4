import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { buildProfile } from "./build-profile.ts";
import { encodeRow } from "./encode-row.ts";
import { queueShareGaps } from "./queue-share-gaps.ts";
import { weekdayOf } from "./weekday-of.ts";
import { emptySummary, summariseRows } from "./window-summary.ts";

const rows = drawRows({ random: seededRandom(1), count: 8_000 });
const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
const profile = buildProfile(rows, options, seededRandom(2));
const gapOf = (seed: number, count: number, network?: number) => {
  const drawn = drawRows({ random: seededRandom(seed), count, ...(network ? { network } : {}) });
  const encoded = drawn.map((row) => encodeRow(row, profile.encoding));
  return queueShareGaps(summariseRows(encoded, profile.encoding), profile.total)[0] ?? Number.NaN;
};

/** A summary of rows by weekday, each [rows, sum of the first queue's probabilities], of two queues. */
const summaryOf = (...days: readonly (readonly [number, number])[]) => {
  const summary = emptySummary(profile.encoding);
  days.forEach(([count, first], weekday) => {
    summary.weekdays[weekday] = count;
    summary.expectedByWeekday.set([first, count - first], 2 * weekday);
    summary.expectedRows[0] = (summary.expectedRows[0] ?? 0) + first;
    summary.expectedRows[1] = (summary.expectedRows[1] ?? 0) + count - first;
  });
  return summary;
};

test("a gap is the difference of shares, with its sign", () => {
  expect([...queueShareGaps(summaryOf([4, 3]), summaryOf([40, 10]))]).toEqual([0.5, -0.5]);
  expect([...queueShareGaps(summaryOf(), summaryOf([40, 10]))]).toEqual([Number.NaN, Number.NaN]);
});

test("a window of Mondays is compared with Mondays, and a weekday that the reference lacks with all of it", () => {
  const reference = summaryOf([100, 80], [300, 60]);
  // .8 on the first weekday, .2 on the second, .35 over all.
  expect(queueShareGaps(summaryOf([10, 8]), reference)[0]).toBeCloseTo(0, 12);
  expect(queueShareGaps(summaryOf([0, 0], [10, 2]), reference)[0]).toBeCloseTo(0, 12);
  expect(queueShareGaps(summaryOf([5, 4], [15, 6]), reference)[0]).toBeCloseTo(0.5 - 0.35, 12);
  expect(queueShareGaps(summaryOf([0, 0], [0, 0], [10, 5]), reference)[0]).toBeCloseTo(0.15, 12);
});

test("the first day of 1970 and every seventh after it are one weekday, and so before it", () => {
  const day = 86_400_000;
  expect([0, day - 1, day, 7 * day, 20_000 * day, -1, -7 * day].map(weekdayOf)).toEqual([
    0, 0, 1, 0, 1, 6, 0,
  ]);
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
