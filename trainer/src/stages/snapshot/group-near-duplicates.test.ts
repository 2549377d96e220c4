import { expect, test } from "vitest";
import { groupNearDuplicates } from "./group-near-duplicates.ts";

const groupsOf = (texts: string[], minCosine = 0.45) => [...groupNearDuplicates(texts, minCosine)];

test("equal texts are one group, texts about other things are groups of their own", () => {
  expect(groupsOf(["printer is jammed", "vpn drops at noon", "printer is jammed"])).toEqual([0, 1, 0]);
});

test("case, accents and punctuation do not part near-duplicates", () => {
  expect(groupsOf(["L'écran reste noir !", "l'ecran reste noir", "le clavier colle"])).toEqual([0, 0, 2]);
});

test("a chain of near-duplicates is one group although its ends are unlike", () => {
  const texts = ["alpha beta gamma delta", "gamma delta epsilon zeta", "epsilon zeta eta theta"];
  expect(groupsOf([texts[0]!, texts[2]!], 0.2)).toEqual([0, 1]);
  expect(groupsOf(texts, 0.2)).toEqual([0, 0, 0]);
});

test("a cosine worked out by hand is on the right side of the threshold", () => {
  // Two texts, one word each in common with both, the pair "a b" in the first alone: with n = 2 a shared term weighs
  // 1 + ln(3/3) = 1 and an own one 1 + ln(3/2) = 1.405. Text "a b": a, b, "a b"; text "b": b.
  // cosine = 1 / sqrt(1.405^2 + 1 + 1.405^2) = 0.450
  const cosine = 1 / Math.sqrt(2 * (1 + Math.log(1.5)) ** 2 + 1);
  expect(groupsOf(["a b", "b"], cosine - 1e-9)).toEqual([0, 0]);
  expect(groupsOf(["a b", "b"], cosine + 1e-9)).toEqual([0, 1]);
});

test("texts without a word are alike only where they are equal", () => {
  expect(groupsOf(["…", "?!", "…"])).toEqual([0, 1, 0]);
});
