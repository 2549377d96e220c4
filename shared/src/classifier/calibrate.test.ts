import { expect, test } from "vitest";
import { calibrate } from "./calibrate.ts";

test("a temperature of 1 changes nothing", () => {
  const [a, b, c] = calibrate([0.5, 0.3, 0.2], { method: "temperature", value: 1 });
  expect([a, b, c]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.3, 12), expect.closeTo(0.2, 12)]);
});

test("vector scaling weighs each class's logarithm: .5^2 e^0 : .5 e^1, by hand", () => {
  const [first] = calibrate([0.5, 0.5], { method: "vector", weights: [2, 1], biases: [0, 1] });
  expect(first).toBeCloseTo(0.25 / (0.25 + 0.5 * Math.E), 12);
});

test("a raw probability of 0 stays finite", () => {
  expect(calibrate([1, 0], { method: "temperature", value: 0.1 })[1]).toBeGreaterThanOrEqual(0);
});
