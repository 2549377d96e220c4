import { expect, test } from "vitest";
import { drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { cutWindows } from "./cut-windows.ts";

const options = { days: 7, maxRows: 1_000, minRows: 200 };
const day = 86_400_000;
const rows = (count: number, stepMs: number) => drawRows({ random: seededRandom(1), count, stepMs });

test("a window ends after seven days", () => {
  const windows = cutWindows(rows(900, day / 50), 0, 15 * day, options);
  expect(windows.map(({ start, end, rows }) => [start / day, end / day, rows.length])).toEqual([
    [0, 7, 350],
    [7, 14, 350],
  ]);
});

test("or after 1,000 rows, whichever comes first", () => {
  const windows = cutWindows(rows(2_500, day / 500), 0, 5 * day, options);
  expect(windows.map(({ rows }) => rows.length)).toEqual([1_000, 1_000]);
});

test("without a new complete window there is none", () => {
  expect(cutWindows(rows(300, day / 50), 0, 6.9 * day, options)).toEqual([]);
});

test("fewer than 200 rows in seven days are not enough", () => {
  expect(cutWindows(rows(199, 1_000), 0, 7 * day, options)).toMatchObject([{ enough: false }]);
  expect(cutWindows(rows(200, 1_000), 0, 7 * day, options)).toMatchObject([{ enough: true }]);
  expect(cutWindows([], 0, 7 * day, options)).toMatchObject([{ enough: false, rows: [] }]);
});

test("windows never overlap, and going on later cuts the same ones", () => {
  const all = rows(4_000, day / 180);
  const whole = cutWindows(all, 0, 30 * day, options);
  const first = cutWindows(
    all.filter(({ at }) => at < 9 * day),
    0,
    9 * day,
    options,
  );
  const end = first.at(-1)?.end ?? 0;
  const rest = cutWindows(
    all.filter(({ at }) => at >= end),
    end,
    30 * day,
    options,
  );
  expect([...first, ...rest]).toEqual(whole);
  const ids = whole.flatMap((window) => window.rows.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

test("rows of one millisecond are not split between windows", () => {
  const same = rows(1_500, 0);
  expect(cutWindows(same, 0, day, options).map(({ rows }) => rows.length)).toEqual([1_500]);
});
