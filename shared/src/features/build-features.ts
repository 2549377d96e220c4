import type { Features } from "../classifier/classifier.ts";
import { embeddingDimensions } from "../embedder/embedder.ts";
import type { PreparedText } from "../text/prepare-text.ts";
import { readFeatures } from "./read-features.ts";

/**
 * Everything that the models read of one text. `embedding` is the embedder's vector of prepared.text. Only what is known
 * when somebody asks goes in. Throws RangeError where the vector is not 384 long.
 */
export function buildFeatures(
  prepared: Pick<PreparedText, "text" | "language">,
  embedding: Float32Array,
): Features {
  if (embedding.length !== embeddingDimensions) {
    throw new RangeError(`An embedding of ${embedding.length} numbers, expected ${embeddingDimensions}.`);
  }
  return { ...readFeatures(prepared), embedding };
}
