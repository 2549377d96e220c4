import type { Embedder } from "@support-it-agent/shared/embedder/embedder";

/** Few enough that a question that comes meanwhile waits for one batch only. */
const batchSize = 32;

/** One vector for each text, in order, without filling the embedder's queue. */
export async function embedInBatches(
  embedder: Embedder,
  texts: readonly string[],
  options: { signal?: AbortSignal } = {},
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    vectors.push(...(await embedder.embed(texts.slice(start, start + batchSize), options)));
  }
  if (vectors.length !== texts.length) {
    throw new Error(`the embedder gave ${vectors.length} vectors for ${texts.length} texts`);
  }
  return vectors;
}
