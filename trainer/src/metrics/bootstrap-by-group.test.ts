import { expect, test } from "vitest";
import { bootstrapByGroup } from "./bootstrap-by-group.ts";
import { seededRandom } from "./seeded-random.ts";

type Row = { readonly group: string; readonly value: number };
const mean = (rows: readonly Row[]) => ({
  mean: rows.reduce((sum, { value }) => sum + value, 0) / rows.length,
});
const rowsOf = (count: number, groupSize: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    group: `g${Math.floor(index / groupSize)}`,
    value: Math.floor(index / groupSize) % 2,
  }));
const interval = (rows: readonly Row[], seed = 1) =>
  bootstrapByGroup(rows, ({ group }) => group, mean, { draws: 2_000, random: seededRandom(seed) }).mean!;

test("rows of their own: the interval of a share of one half is the binomial's", () => {
  // Normal approximation: .5 +- 1.96 sqrt(.25 / 400) = [.451, .549]
  const [lower, upper] = interval(rowsOf(400, 1));
  expect(lower).toBeCloseTo(0.451, 1.7);
  expect(upper).toBeCloseTo(0.549, 1.7);
});

test("rows in groups of four say as much as a quarter of them: the interval is twice as wide", () => {
  const width = ([lower, upper]: readonly [number, number]) => upper - lower;
  const ratio = width(interval(rowsOf(400, 4))) / width(interval(rowsOf(400, 1)));
  expect(ratio).toBeGreaterThan(1.8);
  expect(ratio).toBeLessThan(2.2);
});

test("95 % intervals hold the true mean about 95 times in 100", () => {
  // 200 samples of 80 groups of unequal size around a mean of .3; 95 % of 200 is 190, +-2 sd = 184..196 (percentile intervals run a
  // little narrow, so the lower end is given some room).
  const random = seededRandom(7);
  let held = 0;
  for (let sample = 0; sample < 200; sample += 1) {
    const rows = Array.from({ length: 80 }, (_, group) => {
      const value = random() < 0.3 ? 1 : 0;
      return Array.from({ length: 1 + (group % 3) }, () => ({ group: `g${group}`, value }));
    }).flat();
    const ends = bootstrapByGroup(rows, ({ group }) => group, mean, { draws: 300, random });
    if (ends.mean![0] <= 0.3 && ends.mean![1] >= 0.3) held += 1;
  }
  expect(held).toBeGreaterThanOrEqual(178);
  expect(held).toBeLessThanOrEqual(198);
});

test("the same seed gives the same interval", () => {
  const rows = rowsOf(100, 3).map((row, index) => ({ ...row, value: Math.sqrt(index) }));
  expect(interval(rows, 5)).toEqual(interval(rows, 5));
  expect(interval(rows, 5)).not.toEqual(interval(rows, 6));
});

test("one group is nothing to draw from, and a statistic that is no number has no interval", () => {
  const options = { draws: 10, random: seededRandom(1) };
  expect(bootstrapByGroup(rowsOf(5, 5), ({ group }) => group, mean, options)).toEqual({});
  const never = () => ({ never: Number.NaN });
  expect(bootstrapByGroup(rowsOf(5, 1), ({ group }) => group, never, options)).toEqual({});
});

test("drawn rows keep their order", () => {
  const rows = rowsOf(50, 1).map((row, index) => ({ ...row, value: index }));
  const sorted = (drawn: readonly Row[]) => ({
    sorted: Number(drawn.every(({ value }, index) => value >= (drawn[index - 1]?.value ?? 0))),
  });
  const options = { draws: 20, random: seededRandom(1) };
  expect(bootstrapByGroup(rows, ({ group }) => group, sorted, options).sorted).toEqual([1, 1]);
});
