import { describe, expect, test } from "vitest";
import { foldText } from "./fold-text.ts";
import { itGlossary, translateTerms } from "./it-glossary.ts";

describe("translateTerms", () => {
  test("takes the longest phrase at each place", () => {
    expect(translateTerms("J'ai oublié mon mot de passe", "fr", "en")).toEqual([
      "forgot",
      "forgotten",
      "password",
    ]);
    expect(translateTerms("paper jam in the label printer", "en", "fr")).toEqual([
      "bourrage papier",
      "bourrage",
      "imprimante d'étiquettes",
    ]);
  });

  test("does not mind case, accents, apostrophes and dashes", () => {
    const expected = translateTerms("station d'accueil", "fr", "en");
    expect(expected).toEqual(["docking station", "dock"]);
    expect(translateTerms("STATION D’ACCUEIL", "fr", "en")).toEqual(expected);
    expect(translateTerms("ecran", "fr", "en")).toEqual(["screen", "monitor", "display"]);
  });

  test("gives nothing for words it does not know, and into the same language", () => {
    expect(translateTerms("xyzzy", "en", "fr")).toEqual([]);
    expect(translateTerms("imprimante", "fr", "fr")).toEqual([]);
  });
});

test("the glossary has more than 350 notions, each with words in both languages and none twice on a side", () => {
  expect(itGlossary.length).toBeGreaterThan(350);
  for (const { fr, en } of itGlossary) {
    for (const side of [fr, en]) {
      expect(side.every((term) => foldText(term).trim() !== "")).toBe(true);
      expect(new Set(side).size).toBe(side.length);
    }
  }
});
