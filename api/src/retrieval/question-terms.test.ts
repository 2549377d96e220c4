import { expect, test } from "vitest";
import { questionTerms } from "./question-terms.ts";

const find = (text: string, language: string, word: string) =>
  questionTerms(text, language).filter((term) => term.word === word);

test("the words of a phrase and its translation are one concept", () => {
  const terms = questionTerms("mot de passe oublié", "fr");
  const concepts = new Set(terms.map(({ concept }) => concept));
  expect(concepts.size).toBe(1);
  expect(terms.find(({ own }) => !own)).toMatchObject({ language: "en" });
});

test("words beside a phrase are concepts of their own", () => {
  const [vpn] = find("le VPN et l'imprimante", "fr", "vpn");
  const [imprimante] = find("le VPN et l'imprimante", "fr", "imprimante");
  const [printer] = find("le VPN et l'imprimante", "fr", "printer");
  expect(printer?.concept).toBe(imprimante?.concept);
  expect(vpn?.concept).not.toBe(imprimante?.concept);
  expect(printer?.weight).toBeLessThan(imprimante?.weight ?? 0);
});

test("a repeated word weighs more, up to three times", () => {
  expect(find("vpn vpn", "en", "vpn")).toMatchObject([{ weight: 2, own: true }]);
  expect(find("vpn ".repeat(50), "en", "vpn")).toMatchObject([{ weight: 3 }]);
});

test("languages outside the glossary keep their own words alone", () => {
  expect(
    questionTerms("Drucker druckt nicht", "de").every(({ own, language }) => own && language === "de"),
  ).toBe(true);
});

test("what is asked for is bounded whatever is written", () => {
  const long = Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(" ");
  expect(questionTerms(long, "en").length).toBeLessThanOrEqual(300);
});

test("words that only ask are not looked for", () => {
  const words = (text: string, language: string) =>
    questionTerms(text, language).flatMap(({ own, word }) => (own ? [word] : []));
  expect(words("bonjour, je ne peux plus imprimer depuis ce matin", "fr")).toEqual([
    "je",
    "ne",
    "imprimer",
    "ce",
  ]);
  expect(words("hello, I need to get a monitor since yesterday please", "en")).toEqual([
    "i",
    "to",
    "a",
    "monitor",
  ]);
  expect(words("que faire ?", "fr")).toEqual(["que"]);
  expect(words("hello!", "en")).toEqual([]);
});
