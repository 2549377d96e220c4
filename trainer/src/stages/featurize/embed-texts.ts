import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import type { EmbeddingCache } from "./embedding-cache.ts";

/** Texts that are embedded between two writes to the cache: what a kill may cost. */
const batchTexts = 256;

/** A vector for each text, from the cache where it has one. `onProgress` hears how many of all texts are done. */
export async function embedTexts(
  texts: readonly string[],
  embedder: Embedder,
  cache: EmbeddingCache,
  onProgress: (done: number, total: number) => void,
): Promise<Float32Array[]> {
  const missing = [...new Set(texts.filter((text) => cache.get(text) === undefined))];
  let done = texts.length - missing.length;
  onProgress(done, texts.length);
  for (let start = 0; start < missing.length; start += batchTexts) {
    const batch = missing.slice(start, start + batchTexts);
    await cache.add(batch, await embedder.embed(batch));
    done += batch.length;
    onProgress(done, texts.length);
  }
  return texts.map((text) => {
    const vector = cache.get(text);
    if (vector === undefined) throw new Error("The embedder gave fewer vectors than it was given texts.");
    return vector;
  });
}
