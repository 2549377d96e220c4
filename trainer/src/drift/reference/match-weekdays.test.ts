import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { buildProfile } from "./build-profile.ts";
import { encodeRow } from "./encode-row.ts";
import { featureDistances } from "./feature-distances.ts";
import { matchWeekdays, summariseWeekdays } from "./match-weekdays.ts";
import { queueShareGaps } from "./queue-share-gaps.ts";
import { weekdayOf } from "./weekday-of.ts";
import { summariseRows } from "./window-summary.ts";

const day = 86_400_000;
const random = seededRandom(1);
/** Eight weeks without a Sunday (the fourth day of each, as 1970 begins): two days in which the network has nine tickets in ten, and four in which it has three. */
const drawDay = (number: number, count: number) =>
  drawRows({
    ...{ random, count, start: number * day, stepMs: 1_000 },
    network: number % 7 < 2 ? 0.9 : 0.3,
  });
const rows = Array.from({ length: 56 }, (_, number) => (number % 7 === 3 ? [] : drawDay(number, 100))).flat();
const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3 };
const profile = buildProfile(rows, { ...options, isHistory: true }, seededRandom(2));
const { encoding, byWeekday, total } = profile;
const summaryOf = (...days: readonly number[]) =>
  summariseRows(
    days.flatMap((number) => drawDay(number, 2_000)).map((row) => encodeRow(row, encoding)),
    encoding,
  );
const gapOf = (...days: readonly number[]) => {
  const window = summaryOf(...days);
  return queueShareGaps(window, matchWeekdays(byWeekday, window.weekdays, encoding))[0] ?? Number.NaN;
};

test("a window of some weekdays is compared with the reference on those weekdays", () => {
  // A ticket of either queue has a probability of .825 on average: .3 against .9 of the network are .65 x .6 = .39 of the share.
  const mondays = summaryOf(70, 77);
  expect(queueShareGaps(mondays, total)[0]).toBeGreaterThan(0.2);
  expect(gapOf(70, 77)).toBeCloseTo(0, 1);
  expect(gapOf(72, 74)).toBeCloseTo(0, 1);
  expect(gapOf(70, 74, 75)).toBeCloseTo(0, 1);
  const at = drawnSchema.numericNames.length + 4;
  const [plain, matched] = [total, matchWeekdays(byWeekday, mondays.weekdays, encoding)].map(
    (reference) => featureDistances(mondays, reference, encoding)[at] ?? Number.NaN,
  );
  expect(matched).toBeLessThan(0.1 * Number(plain));
});

test("a weekday that the reference lacks stands for all of it", () => {
  const window = summaryOf(73);
  expect(window.weekdays[3]).toBe(2_000);
  const matched = matchWeekdays(byWeekday, window.weekdays, encoding);
  expect(matched.expectedRows[0]).toBeCloseTo(total.expectedRows[0] ?? Number.NaN, 6);
});

test("matched rows are as many as there were, audits stay as they are, and a window like the reference gives it back", () => {
  const audited = rows.slice(0, 300).map(({ at, queue, queueProbabilities }) => ({
    ...{ at, queue, label: queue, isWrong: false, queueProbabilities },
  }));
  const encoded = rows.map((row) => encodeRow(row, encoding));
  const summaries = summariseWeekdays(encoded, encoding, audited);
  const mondays = matchWeekdays(summaries, Float64Array.from([1, 0, 0, 0, 0, 0, 0]), encoding);
  expect(mondays.rows).toBeCloseTo(rows.length, 6);
  expect(mondays.audits.audits).toBe(300);
  const same = matchWeekdays(summaries, total.weekdays, encoding);
  expect(same.rows).toBeCloseTo(total.rows, 6);
  same.occupancy.forEach((count, k) => void expect(count).toBeCloseTo(total.occupancy[k] ?? Number.NaN, 6));
  expect(matchWeekdays(summaries, new Float64Array(7), encoding).rows).toBe(rows.length);
});

test("rows without time are of one weekday, whatever the window's are", () => {
  const labelled = buildProfile(rows.slice(0, 600), { ...options, isHistory: false }, seededRandom(2));
  const window = drawDay(75, 300).map((row) => encodeRow(row, labelled.encoding));
  expect(window.every(({ weekday }) => weekday === 0)).toBe(true);
  expect(labelled.total.weekdays[0]).toBe(600);
});

test("the first day of 1970 and every seventh after it are one weekday, and so before it", () => {
  expect([0, day - 1, day, 7 * day, 20_000 * day, -1, -7 * day].map(weekdayOf)).toEqual([
    0, 0, 1, 0, 1, 6, 0,
  ]);
});
