import { sha256 } from "../bundle/sha256.ts";
import { embeddingDimensions } from "../embedder/embedder.ts";
import { textPreparationVersion } from "../text/prepare-text.ts";
import { keywordGroups } from "./keyword-groups.ts";
import { lexicalDimensions, lexicalParameters } from "./lexical-terms.ts";
import { numericFeatureNames, numericFeaturesVersion } from "./numeric-features.ts";

/**
 * SHA-256 (64 hexadecimal digits) of whatever decides the numbers of a model's input row: names and order of the
 * features, the words of every keyword group, hashing parameters, and the versions of text preparation and of the
 * numeric features. It stands in the manifest; loadBundle refuses a bundle whose hash is another. `dimensions`: of the space of hashed terms
 * (lexicalSpaces).
 */
export async function featureListHash(dimensions: number = lexicalDimensions): Promise<string> {
  const { version, ...others } = lexicalParameters;
  const list = JSON.stringify({
    textPreparationVersion,
    columns: ["embedding", "numeric", "lexical scores", "word scores"],
    embeddingDimensions,
    numericFeaturesVersion,
    numericFeatureNames,
    keywordGroups,
    lexicalParameters: { version, dimensions, ...others },
  });

  return sha256(list);
}
