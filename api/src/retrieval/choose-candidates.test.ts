import { expect, test } from "vitest";
import { chooseCandidates } from "./choose-candidates.ts";

type Posting = readonly [number: number, thirtySeconds: number];

/** A piece as the database lays it out: id and length in bytes, then number * 32 + weight, all big-endian. */
function piece(lexemeId: number, postings: readonly Posting[]): number[] {
  const words = [lexemeId, 4 * postings.length, ...postings.map(([number, weight]) => number * 32 + weight)];
  return words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

test("a chunk's postings add up, each by what its lexeme counts in the question", () => {
  // 7: 2 * 10.5/32 + 1 * 20.5/32 = 1.297; 8: 2 * 20.5/32 = 1.281; 9: 1 * 31.5/32 = .984
  const pieces = [
    ...piece(1, [
      [7, 10],
      [8, 20],
    ]),
    ...piece(2, [
      [7, 20],
      [9, 31],
    ]),
  ];
  const scores = new Map([
    [1, 2],
    [2, 1],
  ]);
  expect(chooseCandidates(Uint8Array.from(pieces), scores, 10)).toEqual([7, 8, 9]);
  expect(chooseCandidates(Uint8Array.from(pieces), scores, 2)).toEqual([7, 8]);
});

test("the best of thousands are the ones that sorting all sums gives, whatever numbers the chunks have", () => {
  let state = 11;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const scores = new Map(Array.from({ length: 20 }, (_, id) => [id + 1, 1 + random(1_000) / 100] as const));
  const sums = new Map<number, number>();
  const pieces = [...scores].flatMap(([id, score]) => {
    // In a row, the highest that a posting holds, and scattered, so that some fall into one slot.
    const ranges = [() => 1 + random(500), () => 2 ** 27 - 1 - random(300), () => 1 + random(2 ** 26)];
    const numbers = new Set(Array.from({ length: 300 }, (_, i) => ranges[i % 3]!()));
    return piece(
      id,
      [...numbers].map((number) => {
        const weight = random(32);
        sums.set(number, (sums.get(number) ?? 0) + (score * (weight + 0.5)) / 32);
        return [number, weight];
      }),
    );
  });
  const sorted = [...sums].toSorted(([, a], [, b]) => b - a).map(([number]) => number);
  // The array need not begin where its buffer does: node-postgres gives a part of what came over the wire.
  const within = Uint8Array.from([0, ...pieces]).subarray(1);
  expect(chooseCandidates(within, scores, 40)).toEqual(sorted.slice(0, 40));
  expect(chooseCandidates(within, scores, 10_000).toSorted()).toEqual(sorted.toSorted());
});

test("nothing read is no candidate", () => {
  expect(chooseCandidates(null, new Map(), 40)).toEqual([]);
  expect(chooseCandidates(new Uint8Array(), new Map(), 40)).toEqual([]);
});
