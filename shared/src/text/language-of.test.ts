import { expect, test } from "vitest";
import { languageOf } from "./language-of.ts";

test.each([
  ["fr", "fr"],
  ["fr-FR", "fr"],
  ["FR", "fr"],
  ["French", "fr"],
  [" français ", "fr"],
  ["en_GB", "en"],
  ["anglais", "en"],
  ["español", "es"],
  ["Deutsch", "de"],
  ["no", undefined],
  ["Klingon", undefined],
  ["", undefined],
])("%j names %s", (value, code) => {
  expect(languageOf(value)).toBe(code);
});
