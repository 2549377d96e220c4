import { expect, test } from "vitest";
import { weighTerms } from "./weigh-terms.ts";

const term = { id: 1, concept: 0, own: true, weight: 1, holding: 1 };

test("a lexeme counts by BM25's inverse document frequency, times how often the question says it", () => {
  const { scores, ceiling } = weighTerms([{ ...term, weight: 2, holding: 3 }], 10);
  // ln(1 + (10 - 3 + .5) / (3 + .5)) = ln(3.142857...) = 1.145132...
  expect(scores.get(1)).toBeCloseTo(2 * 1.1451323, 6);
  expect(ceiling).toBeCloseTo(2 * 1.1451323, 6);
});

test("translations of one notion count by the commonest of them, shared among them, and no ceiling", () => {
  const translation = { ...term, concept: 4, own: false, weight: 0.8 };
  const { scores, ceiling, terms } = weighTerms(
    [
      { ...translation, id: 1, holding: 1 },
      { ...translation, id: 2, holding: 3 },
      { ...translation, id: 3, holding: 2, concept: 5 },
    ],
    10,
  );
  expect(scores.get(1)).toBeCloseTo((0.8 * 1.1451323) / Math.SQRT2, 6);
  expect(scores.get(2)).toBe(scores.get(1));
  // Alone in its notion: ln(1 + 8.5 / 2.5) = ln(4.4) = 1.4816045...
  expect(scores.get(3)).toBeCloseTo(0.8 * 1.4816045, 6);
  expect(ceiling).toBe(0);
  // Each keeps its own rarity, by which coverage goes.
  expect(terms[0]?.idf).toBeGreaterThan(terms[1]?.idf ?? Number.NaN);
});

test("a word that no chunk holds raises the ceiling and finds nothing", () => {
  const { scores, ceiling } = weighTerms([{ ...term, id: null, holding: 0 }], 10);
  expect([...scores]).toEqual([]);
  expect(ceiling).toBeCloseTo(Math.log(1 + 10.5 / 0.5), 6);
});

test("nothing asked weighs nothing", () => {
  expect(weighTerms([], 10)).toEqual({ scores: new Map(), ceiling: 0, terms: [] });
});
