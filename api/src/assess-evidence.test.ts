import { expect, test } from "vitest";
import { assessEvidence, relevanceBand, relevanceProbability } from "./assess-evidence.ts";

const plain = { cosine: 0.75, coverage: 0.8, language: "en" };

test("more cosine and more covered terms never make a passage less probable", () => {
  for (const language of ["en", "fr"]) {
    for (const questionLanguage of ["en", "fr"]) {
      let before = 0;
      for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
        const probability = relevanceProbability({ cosine: share, coverage: share, language }, questionLanguage);
        expect(probability).toBeGreaterThan(before);
        before = probability;
      }
    }
  }
});

test("a passage that covers the question is high, one that shares nothing is low", () => {
  expect(relevanceBand(plain, "en")).toBe("high");
  expect(relevanceBand({ cosine: 0.1, coverage: 0.05, language: "en" }, "en")).toBe("low");
});

test("French texts that MiniLM merely finds alike are no evidence", () => {
  expect(relevanceBand({ cosine: 0.55, coverage: 0.1, language: "fr" }, "fr")).toBe("low");
});

test("the best passage decides, and without passages there is no evidence", () => {
  expect(assessEvidence([{ cosine: 0, coverage: 0, language: "en" }, plain], "en")).toBe("high");
  expect(assessEvidence([], "en")).toBe("none");
});

test("a passage that the vector arm did not score is judged by its terms", () => {
  expect(relevanceProbability({ cosine: null, coverage: 1, language: "en" }, "en")).toBeGreaterThan(
    relevanceProbability({ cosine: null, coverage: 0, language: "en" }, "en"),
  );
});
