import { expect, test } from "vitest";
import { relevanceBand, relevanceProbability } from "./assess-evidence.ts";

const band = (cosine: number | null, coverage: number, language = "en", asked = language) =>
  relevanceBand(relevanceProbability({ cosine, coverage, language, queue: null }, { language: asked }));

test("more cosine and more covered terms never make a passage less probable", () => {
  for (const language of ["en", "fr"]) {
    for (const asked of ["en", "fr"]) {
      let before = 0;
      for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
        const scored = { cosine: share, coverage: share, language, queue: null };
        const probability = relevanceProbability(scored, { language: asked });
        expect(probability).toBeGreaterThan(before);
        before = probability;
      }
    }
  }
});

test("a passage that covers the question is high, one that shares nothing is low", () => {
  expect(band(0.75, 0.8)).toBe("high");
  expect(band(0.1, 0.05)).toBe("low");
});

test("French texts that MiniLM merely finds alike are no evidence", () => {
  expect(band(0.55, 0.1, "fr")).toBe("low");
});

test("a passage of the queue that the classifier expects is more probable than one of another", () => {
  const scored = { cosine: 0.5, coverage: 0.5, language: "en", queue: "Security / Access" };
  const given = (probability: number) =>
    relevanceProbability(scored, {
      language: "en",
      queueProbabilities: { "Security / Access": probability },
    });
  expect(given(0.95)).toBeGreaterThan(given(0.02));
});

test("a passage that the vector arm did not score is judged by its terms", () => {
  const given = (coverage: number) =>
    relevanceProbability({ cosine: null, coverage, language: "en", queue: null }, { language: "en" });
  expect(given(1)).toBeGreaterThan(given(0));
});
