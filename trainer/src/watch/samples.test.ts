import { expect, test } from "vitest";
import { seededRandom } from "../drift/seeded-random.ts";
import { compareFigure } from "./compare-figure.ts";
import { type JudgedRow, measureEstimatedF1 } from "./measure-estimated-f1.ts";
import { measureShare } from "./measure-share.ts";

test("a share has its counts, its binomial variance, and days that scatter as by chance", () => {
  const days = Array.from({ length: 8 }, (_, day) => ({ hits: day % 2 ? 6 : 4, of: 20 }));
  // 40 of 160: .25 * .75 / 160; each day is one off five, so 8 / 160^2, times 8 / 7, over that variance.
  expect(measureShare(days)).toEqual({
    value: 0.25,
    rows: 160,
    variance: expect.closeTo(0.001171875, 12),
    dispersion: expect.closeTo(((8 / 160 ** 2) * (8 / 7)) / 0.001171875, 12),
  });
  expect(measureShare(days.slice(0, 6))?.dispersion).toBeNull();
  expect(measureShare([{ hits: 0, of: 0 }])).toBeNull();
});

const random = seededRandom(8);

/** Rows of three labels with confidences of a fixed kind. */
const draw = (count: number): JudgedRow[] =>
  Array.from({ length: count }, (_, index) => {
    const [a, b, c] = [random(), random() ** 2, random() ** 3].map((weight) => weight + 0.05);
    const sum = a! + b! + c!;
    const probabilities = { a: a! / sum, b: b! / sum, c: c! / sum };
    const [queue] = Object.entries(probabilities).sort((x, y) => y[1] - x[1])[0]!;
    return { day: `day ${index % 10}`, queue, probabilities };
  });

test("the variance of the estimated macro-F1 is that of estimates of many samples", () => {
  const samples = Array.from({ length: 400 }, () => measureEstimatedF1(draw(300))!);
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / samples.length;
  const real = samples.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (samples.length - 1);
  const told = samples.reduce((sum, { variance }) => sum + variance, 0) / samples.length;
  // The standard error of a variance out of 400 is 7 %.
  expect(told / real).toBeGreaterThan(0.8);
  expect(told / real).toBeLessThan(1.25);
  expect(measureEstimatedF1([])).toBeNull();
});

const options = {
  name: "hand_off_rate",
  isBadWhenHigh: true,
  margin: 0.05,
  alpha: 0.0025,
  plannedRows: 300,
} as const;
const sample = (value: number, rows: number, dispersion: number | null = 1) => ({
  value,
  rows,
  variance: (value * (1 - value)) / rows,
  dispersion,
});

test("the interval is that of the mixture's formula, computed by hand", () => {
  const figure = compareFigure(sample(0.2, 2_000), sample(0.4, 300), options);
  // Variances .24 / 300 and .16 / 2000, so V = 1 / .00088 = 1136.36; with l = 2 ln 200 = 10.5966 rho = V / (l + ln(1 + l)) = 87.00;
  // radius = sqrt((V + rho) (ln((V + rho) / rho) + l)) / V.
  const [v, l] = [1 / 0.00088, 2 * Math.log(200)];
  const rho = v / (l + Math.log(1 + l));
  const radius = Math.sqrt((v + rho) * (Math.log((v + rho) / rho) + l)) / v;
  expect(radius).toBeCloseTo(0.112, 4);
  expect(figure.worsening).toBeCloseTo(0.2, 12);
  expect(figure.low).toBeCloseTo(0.2 - radius, 12);
  expect(figure.high).toBeCloseTo(0.2 + radius, 12);
  expect(figure.finding).toBe("hard_breach");
  expect(compareFigure(sample(0.2, 2_000), sample(0.37, 300), { ...options, margin: 0.05 }).finding).toBe(
    "breach",
  );
  expect(compareFigure(sample(0.2, 2_000), sample(0.35, 300), options).finding).toBe("fine");
});

test("days that scatter widen the interval, and unknown ones do, too", () => {
  const width = (dispersion: number | null) => {
    const { low, high } = compareFigure(sample(0.2, 2_000, dispersion), sample(0.4, 300), options);
    return high - low;
  };
  expect(width(4) / width(1)).toBeCloseTo(2, 10);
  expect(width(0.3)).toBe(width(1));
  expect(width(null)).toBe(width(3));
});

test("shares of nothing and of everything are never certain out of a few rows", () => {
  expect(compareFigure(sample(0.95, 400), sample(1, 50), options).finding).toBe("fine");
  const none = compareFigure(sample(0, 400), sample(0, 50), options);
  expect([none.finding, Number.isFinite(none.low), Number.isFinite(none.high)]).toEqual(["fine", true, true]);
});

test("looked at after every row, an equal share leaves the interval in at most alpha of the watches", () => {
  let left = 0;
  const alpha = 0.02;
  for (let life = 0; life < 400; life += 1) {
    const count = (rows: number) => Array.from({ length: rows }, () => Number(random() < 0.3));
    const old = sample(count(1_000).reduce((sum, hit) => sum + hit, 0) / 1_000, 1_000);
    let hits = 0;
    const isOut = count(1_500).some((hit, index) => {
      hits += hit;
      if (index < 99) return false;
      return (
        compareFigure(old, sample(hits / (index + 1), index + 1), { ...options, alpha, margin: 0 })
          .finding !== "fine"
      );
    });
    if (isOut) left += 1;
  }
  // Binomial(400, .02): more than 16 has a chance of .3 %.
  expect(left).toBeLessThanOrEqual(16);
  expect(left).toBeGreaterThan(0);
});
