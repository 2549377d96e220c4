import type { Features } from "../classifier/classifier.ts";
import { embeddingDimensions } from "../embedder/embedder.ts";
import { type LexicalModel, lexicalScores } from "./lexical-scores.ts";
import { numericFeatureNames } from "./numeric-features.ts";

/** Columns of a model's input: 384 of the embedding, the numeric features, two scores for each label of each head. */
export function modelRowLength(model: LexicalModel): number {
  return embeddingDimensions + numericFeatureNames.length + scoreCount(model);
}

/**
 * Writes one row of a model's input, float32: [embedding | numeric | lexical scores | word scores], to `row`, which is
 * modelRowLength(model) long. Throws RangeError where the features have other lengths than this code's.
 */
export function writeModelRow(features: Features, model: LexicalModel, row: Float32Array): void {
  if (
    features.embedding.length !== embeddingDimensions ||
    features.numeric.length !== numericFeatureNames.length
  ) {
    throw new RangeError(
      `Features of ${features.embedding.length} + ${features.numeric.length} numbers, expected ` +
        `${embeddingDimensions} + ${numericFeatureNames.length}: build them with buildFeatures of this version.`,
    );
  }
  row.set(features.embedding, 0);
  row.set(features.numeric, embeddingDimensions);
  row.set(lexicalScores(features.lexical, model), embeddingDimensions + numericFeatureNames.length);
}

function scoreCount(model: LexicalModel): number {
  return model.heads.reduce((sum, head) => sum + 2 * head.labels.length, 0);
}
