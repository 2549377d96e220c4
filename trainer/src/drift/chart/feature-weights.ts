import { derivedNames } from "../reference/feature-distances.ts";
import type { DriftSchema } from "../windows/drift-row.ts";

/** How much the serving model leans on what it reads: XGBoost's gain, or any other importance, on one scale. */
export type FeatureImportance = {
  /** Of each numeric feature, by name; one that is missing weighs nothing. */
  readonly numeric: Readonly<Record<string, number>>;
  /** Of all dimensions of the embedding together. */
  readonly embedding: number;
};

export type OutputWeights = {
  /** Of top probability and entropy together (.10). */
  readonly certainty: number;
  /** Of each predicted label (.15). */
  readonly label: number;
};

/**
 * Weights by position of featureNames, summing to 1: importances normalised to 1, the embedding's shared by its three distances; then the
 * outputs' own weights beside them, and all normalised again. Throws RangeError where the importances are negative or all zero.
 */
export function featureWeights(
  schema: DriftSchema,
  importance: FeatureImportance,
  outputs: OutputWeights,
): Float64Array {
  const numeric = schema.numericNames.map((name) => importance.numeric[name] ?? 0);
  const whole = numeric.reduce((sum, gain) => sum + gain, importance.embedding);
  if (!(whole > 0) || [...numeric, importance.embedding].some((gain) => !(gain >= 0))) {
    throw new RangeError("Importances must not be negative, and not all zero.");
  }
  const derived: Record<(typeof derivedNames)[number], number> = {
    top_probability: outputs.certainty / 2,
    entropy: outputs.certainty / 2,
    predicted_queue: outputs.label,
    predicted_urgency: outputs.label,
    embedding_mean: importance.embedding / whole / 3,
    embedding_occupancy: importance.embedding / whole / 3,
    novelty_share: importance.embedding / whole / 3,
  };
  const weights = [...numeric.map((gain) => gain / whole), ...derivedNames.map((name) => derived[name])];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float64Array.from(weights, (weight) => weight / sum);
}
