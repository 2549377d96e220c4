import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import type { EmbeddingCache } from "./embedding-cache.ts";

/** Texts that are embedded between two writes to the cache: what a kill may cost. */
const batchTexts = 256;

/**
 * A vector for each text, from the cache where it has one. `onProgress` hears how many of all texts are done. Each text is
 * a call of its own, as a question is in serving: the last bits of a vector depend on what it was batched with, and the
 * same tickets must give the same bytes whatever the cache held before. (Threads stay busy; it is no slower.)
 */
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
    const vectors = await Promise.all(batch.map((text) => embedder.embed([text])));
    await cache.add(batch, vectors.flat());
    done += batch.length;
    onProgress(done, texts.length);
  }
  return texts.map((text) => {
    const vector = cache.get(text);
    if (vector === undefined) throw new Error("The embedder gave fewer vectors than it was given texts.");
    return vector;
  });
}
