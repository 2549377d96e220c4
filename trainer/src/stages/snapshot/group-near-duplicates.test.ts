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

test("no pair is missed: the groups are those of all pairs compared", () => {
  // Texts of words drawn from a vocabulary where rank r has a probability of about 1/r, as in language; some are altered copies.
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const word = () => `w${Math.floor(400 ** random())}`;
  const texts: string[] = [];
  for (let index = 0; index < 300; index += 1) {
    const model = texts[Math.floor(random() * texts.length)];
    const words = Array.from({ length: 5 + Math.floor(random() * 30) }, word);
    texts.push(
      model && random() < 0.4
        ? model
            .split(" ")
            .map((own) => (random() < 0.25 ? word() : own))
            .join(" ")
        : words.join(" "),
    );
  }
  for (const minCosine of [0.2, 0.45, 0.8]) {
    expect(groupsOf(texts, minCosine)).toEqual(groupsByAllPairs(texts, minCosine));
  }
});

/** The definition, word for word: every pair is compared. */
function groupsByAllPairs(texts: string[], minCosine: number): number[] {
  const unique = [...new Set(texts)];
  const counted = unique.map((text) => {
    const words = text.split(" ");
    const counts = new Map<string, number>();
    for (const term of [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)])
      counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  });
  const df = new Map<string, number>();
  for (const counts of counted) for (const term of counts.keys()) df.set(term, (df.get(term) ?? 0) + 1);
  const vectors = counted.map((counts) => {
    const weigh = ([term, tf]: [string, number]) =>
      [term, (1 + Math.log(tf)) * (1 + Math.log((1 + unique.length) / (1 + df.get(term)!)))] as const;
    const weights = new Map([...counts].map(weigh));
    const length = Math.hypot(...weights.values());
    return new Map([...weights].map(([term, weight]) => [term, weight / length]));
  });
  const groups = unique.map((_, index) => index);
  vectors.forEach((a, i) => {
    vectors.slice(0, i).forEach((b, j) => {
      const cosine = [...a].reduce((sum, [term, weight]) => sum + weight * (b.get(term) ?? 0), 0);
      if (cosine <= minCosine) return;
      const [from, to] = [Math.max(groups[i]!, groups[j]!), Math.min(groups[i]!, groups[j]!)];
      groups.forEach((group, at) => {
        if (group === from) groups[at] = to;
      });
    });
  });
  const firstOf = new Map(unique.map((text) => [text, texts.indexOf(text)]));
  return texts.map((text) => firstOf.get(unique[groups[unique.indexOf(text)]!]!)!);
}
