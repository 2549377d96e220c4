import type { TextEncoder } from "./create-text-encoder.ts";
import { embeddingDimensions } from "./embedder.ts";
import type { MinilmSession } from "./minilm-session.ts";
import { planBatches } from "./plan-batches.ts";

/**
 * Texts -> float32 [texts * 384] in the texts' order: tokenised, grouped by length, run batch by batch.
 * `maxBatchTokens` bounds one run (0: every text alone). `checkpoint` is awaited before each run; what it throws ends the work.
 */
export async function embedWithSession(
  session: MinilmSession,
  encode: TextEncoder,
  texts: readonly string[],
  maxBatchTokens: number,
  checkpoint: () => void = () => {},
): Promise<Float32Array<ArrayBuffer>> {
  const encoded = texts.map(encode);
  const vectors = new Float32Array(texts.length * embeddingDimensions);
  const batches = planBatches(
    encoded.map((ids) => ids.length),
    maxBatchTokens,
  );
  for (const batch of batches) {
    checkpoint();
    const rows = batch.texts.flatMap((text) => encoded[text] ?? []);
    const result = await session.run(rows);
    batch.texts.forEach((text, row) => {
      const start = row * embeddingDimensions;
      vectors.set(result.subarray(start, start + embeddingDimensions), text * embeddingDimensions);
    });
  }
  return vectors;
}
