import type { Features } from "@support-it-agent/shared/classifier/classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { startProgress } from "@support-it-agent/shared/node/start-progress";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { embedTexts } from "../featurize/embed-texts.ts";
import { openEmbeddingCache } from "../featurize/embedding-cache.ts";

/** The features of each prepared text, by the API's own code; vectors come out of the cache where they are known. */
export async function textFeatures(
  texts: readonly string[],
  embedder: Embedder,
  cacheFolder: string,
): Promise<Features[]> {
  const cache = await openEmbeddingCache(cacheFolder, embedder.maker);
  const progress = startProgress("Embedding");
  const embeddings = await embedTexts(texts, embedder, cache, progress.update).finally(progress.end);
  return texts.map((text, index) =>
    buildFeatures(prepareText(text), embeddings[index] ?? new Float32Array()),
  );
}
