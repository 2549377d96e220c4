import { describe, expect, test } from "vitest";
import { lexicalDimensions, lexicalTerms, lexicalWords } from "./lexical-terms.ts";
import { lexicalVector } from "./lexical-vector.ts";

describe("lexicalWords", () => {
  test("folds case and accents, keeps codes, makes other numbers and placeholders general", () => {
    expect(lexicalWords("Écran 0x80070035 KB5034441, 42 postes, erreur 691, [EMAIL_12]")).toEqual([
      "ecran",
      "0x80070035",
      "kb5034441",
      "#",
      "postes",
      "erreur",
      "691",
      "_email_",
    ]);
  });
});

describe("lexicalTerms", () => {
  test("gives ascending ids in range without repetition, and counts that add up to the terms", () => {
    // "<wifi>": 4 + 3 + 2 character grams, one word, twice; "wifi wifi": one pair.
    const { ids, counts } = lexicalTerms("wifi wifi");
    expect(ids.every((id, i) => id < lexicalDimensions && (i === 0 || id > ids[i - 1]!))).toBe(true);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(2 * (4 + 3 + 2 + 1) + 1);
  });

  test("shares most terms between a word and its misspelling, few between two words", () => {
    const overlap = (a: string, b: string) => {
      const other = new Set(lexicalTerms(b).ids);
      const ids = [...lexicalTerms(a).ids];
      return ids.filter((id) => other.has(id)).length / ids.length;
    };
    expect(overlap("imprimante", "imprimantte")).toBeGreaterThan(0.5);
    expect(overlap("imprimante", "keyboard")).toBeLessThan(0.05);
  });

  test("name each word once, in the order of its first coming", () => {
    expect(lexicalTerms("VPN, wifi, vpn!").words).toEqual(["vpn", "wifi"]);
  });

  test("of an empty text are none", () => {
    expect(lexicalTerms("").ids).toHaveLength(0);
    expect(lexicalTerms("").words).toHaveLength(0);
  });
});

test("lexicalVector is (1 + ln count) x idf at length 1, by hand", () => {
  const idf = new Float32Array(lexicalDimensions).fill(1);
  idf[7] = 2;
  const vector = lexicalVector(
    { ids: Uint32Array.of(3, 7), counts: Float32Array.of(1, Math.E), words: [] },
    idf,
  );
  // (1, 2 x 2) / sqrt(17); the count e is float32, so about seven digits
  expect([...vector]).toEqual([expect.closeTo(1 / Math.sqrt(17), 6), expect.closeTo(4 / Math.sqrt(17), 6)]);
  expect([
    ...lexicalVector({ ids: Uint32Array.of(3), counts: Float32Array.of(1), words: [] }, new Float32Array(8)),
  ]).toEqual([0]);
});
