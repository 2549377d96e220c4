import { expect, test } from "vitest";
import { type Random, seededRandom } from "../seeded-random.ts";
import { chiSquare } from "./chi-square.ts";
import { chiSquareTwoSample } from "./chi-square-two-sample.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { twoProportionZ } from "./two-proportion-z.ts";

// Share of p < .05 where both samples come from one distribution. 2,000 draws: the standard error of a share of .05 is .005.
const draws = 2_000;
const sizes = [
  [50, 300],
  [400, 150],
  [1_000, 200],
] as const;

function falseAlarms(seed: number, pValue: (random: Random) => number | null): number {
  const random = seededRandom(seed);
  return (
    Array.from({ length: draws }, () => pValue(random)).filter((p) => p !== null && p < 0.05).length / draws
  );
}

const numbers = (random: Random, count: number) => Array.from({ length: count }, () => random() ** 3);

function counts(random: Random, count: number, shares: readonly number[]): number[] {
  const counted = shares.map(() => 0);
  for (let row = 0; row < count; row += 1) {
    let place = random();
    let at = 0;
    while (at < shares.length - 1 && place >= (shares[at] ?? 0)) {
      place -= shares[at] ?? 0;
      at += 1;
    }
    counted[at] = (counted[at] ?? 0) + 1;
  }
  return counted;
}

test.each(sizes)("Kolmogorov-Smirnov keeps its level at %i against %i rows", (n, m) => {
  const rate = falseAlarms(1, (random) => kolmogorovSmirnov(numbers(random, n), numbers(random, m)).pValue);
  expect(rate).toBeGreaterThan(0.03);
  expect(rate).toBeLessThan(0.065);
});

test.each(sizes)("two-sample chi-square keeps its level at %i against %i rows", (n, m) => {
  const shares = [0.4, 0.3, 0.2, 0.1];
  const rate = falseAlarms(
    2,
    (random) => chiSquareTwoSample(counts(random, n, shares), counts(random, m, shares)).pValue,
  );
  expect(rate).toBeGreaterThan(0.035);
  expect(rate).toBeLessThan(0.065);
});

test.each(sizes)("two-proportion z keeps its level at %i against %i rows", (n, m) => {
  const shares = [0.3, 0.7];
  const rate = falseAlarms(
    3,
    (random) => twoProportionZ(counts(random, n, shares), counts(random, m, shares)).pValue,
  );
  expect(rate).toBeGreaterThan(0.03);
  expect(rate).toBeLessThan(0.07);
});

test("the goodness-of-fit chi-square does not: taking the reference for the truth, it alarms 10 to 18 % at 200 against 1,000", () => {
  const shares = new Array<number>(10).fill(0.1);
  const rate = falseAlarms(
    4,
    (random) => chiSquare(counts(random, 1_000, shares), counts(random, 200, shares)).pValue,
  );
  expect(rate).toBeGreaterThan(0.1);
  expect(rate).toBeLessThan(0.18);
});
