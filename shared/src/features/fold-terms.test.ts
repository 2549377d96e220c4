import { expect, test } from "vitest";
import { foldTerms } from "./fold-terms.ts";
import { fewLexicalDimensions, lexicalDimensions, lexicalTerms } from "./lexical-terms.ts";

const texts = [
  "Mon VPN ne marche pas",
  "URGENT!! nobody on floor 3 can print, error 0x80070035",
  "wifi wifi wifi",
  "",
];

test("in the space that terms are made for they stay as they are", () => {
  const terms = lexicalTerms("wifi wifi");
  expect(foldTerms(terms, lexicalDimensions)).toBe(terms);
});

test("in the small space ids ascend without repetition, and no count is lost", () => {
  for (const text of texts) {
    const terms = lexicalTerms(text);
    const { ids, counts, words } = foldTerms(terms, fewLexicalDimensions);
    expect(ids.every((id, i) => id < fewLexicalDimensions && (i === 0 || id > ids[i - 1]!))).toBe(true);
    const sum = (numbers: Float32Array) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(counts)).toBe(sum(terms.counts));
    expect(words).toBe(terms.words);
  }
});

test("two terms that come to one place add up their counts there", () => {
  const ids = Uint32Array.of(7, 9, fewLexicalDimensions + 7, 3 * fewLexicalDimensions + 7);
  const folded = foldTerms({ ids, counts: Float32Array.of(1, 5, 2, 4), words: [] }, fewLexicalDimensions);
  expect([[...folded.ids], [...folded.counts]]).toEqual([
    [7, 9],
    [7, 5],
  ]);
});

test("words and pairs have places apart from those of character n-grams", () => {
  // "<vpn>" has the 3- to 5-grams <vp vpn pn>, <vpn vpn>, <vpn>; beside it stands the word.
  const { ids } = lexicalTerms("vpn");
  expect([...ids].map((id) => id >= fewLexicalDimensions)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
});
