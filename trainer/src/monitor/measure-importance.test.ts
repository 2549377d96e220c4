import type { Classifier, Features } from "@support-it-agent/shared/classifier/classifier";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import { expect, test } from "vitest";
import { seededRandom } from "../drift/seeded-random.ts";
import { measureImportance } from "./measure-importance.ts";

/** A model of three inputs: the queue is sure by the sign of numbers[2] and a fifth as sure by numbers[5]; urgency by embedding[0]. */
const classifier: Classifier = {
  modelVersion: "three inputs",
  queues: ["a", "b"],
  classify: async (rows) =>
    rows.map(({ numeric, embedding }) => {
      const a = 0.5 + 0.4 * Math.sign(numeric[2] ?? 0) + 0.08 * Math.sign(numeric[5] ?? 0);
      const high = (embedding[0] ?? 0) > 0 ? 0.7 : 0.3;
      const prediction = { confidence: 1, abstains: false };
      return {
        queue: { ...prediction, label: "a", probabilities: { a, b: 1 - a } },
        urgency: { ...prediction, label: "low", probabilities: { low: 1 - high, medium: 0, high } },
        outOfScope: { probability: 0, isOutOfScope: false },
      };
    }),
  close: async () => {},
};

function drawFeatures(count: number): Features[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => ({
    text: "",
    language: "en",
    embedding: Float32Array.of(random() - 0.5, random() - 0.5),
    numeric: Float32Array.from(numericFeatureNames, () => random() - 0.5),
    lexical: { ids: new Uint32Array(), counts: new Float32Array(), words: [] },
  }));
}

test("an input weighs as much as the probabilities move when it is exchanged, and one that is not read nothing", async () => {
  const { numeric, embedding } = await measureImportance(classifier, drawFeatures(400), 1);
  const weights = numericFeatureNames.map((name) => numeric[name] ?? Number.NaN);
  // Half of the exchanges change a sign: .8 of the queue's probability, halved by half the rows and by the mean over two labels.
  expect(weights[2]).toBeCloseTo(0.2, 1);
  expect((weights[2] ?? 0) / (weights[5] ?? 0)).toBeCloseTo(5, 0);
  expect(embedding).toBeCloseTo(0.1, 1);
  expect(weights.filter((weight) => weight > 0)).toHaveLength(2);
});

test("the same rows and seed give the same weights, and no rows are an error", async () => {
  const rows = drawFeatures(60);
  expect(await measureImportance(classifier, rows, 9)).toEqual(await measureImportance(classifier, rows, 9));
  await expect(measureImportance(classifier, [], 9)).rejects.toThrow(RangeError);
});
