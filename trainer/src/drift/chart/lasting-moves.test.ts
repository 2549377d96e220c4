import { expect, test } from "vitest";
import { drawNormal } from "../draw-normal.ts";
import { seededRandom } from "../seeded-random.ts";
import { combineShareScores } from "./combine-share-scores.ts";
import { largestMove, lastingMoves } from "./lasting-moves.ts";

test("the move is the largest sum of 2 to 6 windows over its deviation, with its sign", () => {
  const scores = [[9], [0], [0], [0], [0], [-1], [-2]];
  // -3 of two windows; the 9 is seven windows back.
  expect(lastingMoves(scores, 1e12)).toEqual([expect.closeTo(-3 / Math.sqrt(2), 9)]);
  const lasting = Array.from({ length: 6 }, () => [1.5, -1.5]);
  expect(lastingMoves(lasting, 1e12)).toEqual([
    expect.closeTo(9 / Math.sqrt(6), 9),
    expect.closeTo(-9 / Math.sqrt(6), 9),
  ]);
  expect(largestMove([1, -4, 2])).toBe(4);
  expect(largestMove([])).toBe(0);
});

test("one window alone is no lasting move, however odd, and before the first there is none", () => {
  expect(lastingMoves([[3, -3]], 60)).toEqual([0, 0]);
  expect(lastingMoves([], 60)).toEqual([]);
});

test("a small reference counts for less, the longer the run", () => {
  const scores = Array.from({ length: 6 }, () => [1]);
  // 6 / sqrt(6 (1 + 6 / 6)), against 2 / sqrt(2 (1 + 2 / 6)) of two windows.
  expect(lastingMoves(scores, 6)[0]).toBeCloseTo(6 / Math.sqrt(12), 9);
});

test("without a shift the move of independent windows stays below 4.2 in all but one of 600", () => {
  const random = seededRandom(1);
  const normal = () => drawNormal(random);
  let [above, scores]: [number, number[][]] = [0, []];
  for (let window = 0; window < 30_000; window += 1) {
    scores = [...scores, Array.from({ length: 6 }, normal)].slice(-6);
    if (largestMove(lastingMoves(scores, 1e12)) >= 4.2) above += 1;
  }
  expect(above / 30_000).toBeLessThan(1 / 600);
});

test("predicted and audited shares are one z, audits by the root of their number", () => {
  const scores = Float64Array.from([9, 9, 1, -1, 2, 1]);
  const together = (here: number, usual: number) => combineShareScores(scores, 2, { here, usual });
  // At 100 audits both weigh the same; two queues, from position 2 on.
  expect(together(100, 100)).toEqual([expect.closeTo(3 / Math.SQRT2, 12), 0]);
  expect(together(25, 100)).toEqual([
    expect.closeTo(2 / Math.sqrt(1.25), 12),
    expect.closeTo(-0.5 / Math.sqrt(1.25), 12),
  ]);
  expect(together(0, 100)).toEqual([1, -1]);
  // Four times as many as are usual: they count as the usual ones, and their z as half.
  expect(together(400, 100)).toEqual([
    expect.closeTo(2 / Math.SQRT2, 12),
    expect.closeTo(-0.5 / Math.SQRT2, 12),
  ]);
});

test("what is not known leaves the other to speak, and no window counts more than three deviations", () => {
  const none = Number.NaN;
  const scores = Float64Array.from([2, none, none, 9, -9, none]);
  const audits = { here: 100, usual: 100 };
  expect(combineShareScores(Float64Array.from([2, none, none, 1]), 0, audits)).toEqual([2, 1]);
  expect(combineShareScores(scores, 0, audits)).toEqual([expect.closeTo(3, 12), -3, 0]);
});
