import type { Features } from "../classifier/classifier.ts";
import { embeddingDimensions } from "../embedder/embedder.ts";
import type { PreparedText } from "../text/prepare-text.ts";
import { lexicalTerms } from "./lexical-terms.ts";
import { numericFeatures } from "./numeric-features.ts";

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
  return {
    text: prepared.text,
    language: prepared.language,
    embedding,
    numeric: numericFeatures(prepared.text, prepared.language),
    lexical: lexicalTerms(prepared.text),
  };
}
