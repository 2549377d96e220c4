import { expect, test } from "vitest";
import { wilsonInterval } from "./wilson-interval.ts";

// Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, table I, method 3
// (Wilson score without continuity correction): its four examples.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("%i of %i lies as published", (hits, of, low, high) => {
  const rate = wilsonInterval(hits, of);
  expect(rate.low).toBeCloseTo(low, 4);
  expect(rate.high).toBeCloseTo(high, 4);
  expect(rate.value).toBe(hits / of);
});

test("of no cases nothing is known", () => {
  expect(wilsonInterval(0, 0)).toEqual({ value: null, low: 0, high: 1, hits: 0, of: 0 });
});

test("an interval holds its share, lies in 0..1 and mirrors that of the other side", () => {
  for (const of of [1, 2, 7, 1_000]) {
    for (let hits = 0; hits <= of; hits += 1) {
      const rate = wilsonInterval(hits, of);
      const other = wilsonInterval(of - hits, of);
      expect(rate.low).toBeGreaterThanOrEqual(0);
      expect(rate.high).toBeLessThanOrEqual(1);
      expect(rate.low).toBeLessThanOrEqual(hits / of);
      expect(rate.high).toBeGreaterThanOrEqual(hits / of);
      expect(rate.low).toBeCloseTo(1 - other.high, 12);
    }
  }
});
