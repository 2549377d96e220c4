import { expect, test } from "vitest";
import { buildFeatures } from "./build-features.ts";
import type { LexicalModel } from "./lexical-scores.ts";
import { lexicalDimensions } from "./lexical-terms.ts";
import { modelRowLength, writeModelRow } from "./model-row.ts";
import { numericFeatureNames } from "./numeric-features.ts";

const model: LexicalModel = {
  idf: new Float32Array(lexicalDimensions).fill(1),
  words: new Map([
    ["vpn", 0],
    ["wifi", 1],
  ]),
  heads: [
    {
      name: "queue",
      labels: ["a", "b"],
      weights: [new Float32Array(lexicalDimensions), new Float32Array(lexicalDimensions).fill(1)],
      biases: Float32Array.of(0.5, 0.25),
      wordWeights: [Float32Array.of(8, 1), Float32Array.of(8, -1)],
      wordBiases: Float32Array.of(0.5, 0.25),
    },
  ],
};

test("a row is embedding, numeric features, then w.x + b of each label over terms, and over the vocabulary", () => {
  const embedding = new Float32Array(384).fill(0.5);
  const features = buildFeatures({ text: "wifi", language: "en" }, embedding);
  const again = buildFeatures({ text: "Wifi wifi", language: "en" }, embedding);
  const row = new Float32Array(modelRowLength(model));
  writeModelRow(features, model, row);
  expect(row).toHaveLength(384 + numericFeatureNames.length + 4);
  expect([...row.subarray(0, 384)]).toEqual([...embedding]);
  expect([...row.subarray(384, -4)]).toEqual([...features.numeric]);
  // "wifi" has ten terms, each once, so x is ten times 1 / sqrt(10) and their sum sqrt(10)
  expect(row.at(-4)).toBe(0.5);
  expect(row.at(-3)).toBeCloseTo(Math.sqrt(10) + 0.25, 5);
  expect([...row.subarray(-2)]).toEqual([1.5, -0.75]);
  writeModelRow(again, model, row);
  expect([...row.subarray(-2)], "a word counts once").toEqual([1.5, -0.75]);
});

test("features of another length are refused", () => {
  expect(() => buildFeatures({ text: "wifi", language: "en" }, new Float32Array(3))).toThrow(RangeError);
  const features = buildFeatures({ text: "wifi", language: "en" }, new Float32Array(384));
  const row = new Float32Array(modelRowLength(model));
  expect(() => writeModelRow({ ...features, numeric: new Float32Array(2) }, model, row)).toThrow(
    /buildFeatures/,
  );
});
