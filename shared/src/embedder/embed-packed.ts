import type { TextEncoder } from "./create-text-encoder.ts";
import { embedWithSession } from "./embed-with-session.ts";
import { embeddingDimensions } from "./embedder.ts";
import { type MinilmSession, mostPackedTexts } from "./minilm-session.ts";

/**
 * Texts -> float32 [texts * 384] in the texts' order, all in one run of the network whatever their lengths: for few short ones.
 * As embedWithSession does it where the network cannot do that, for more texts than `mostPackedTexts`, and where they have more than
 * `maxBatchTokens` together.
 */
export async function embedPacked(
  session: MinilmSession,
  encode: TextEncoder,
  texts: readonly string[],
  maxBatchTokens: number,
): Promise<Float32Array<ArrayBuffer>> {
  const rows = texts.map(encode);
  const tokens = rows.reduce((sum, row) => sum + row.length, 0);
  const mayShare = rows.length > 1 && rows.length <= mostPackedTexts && tokens <= maxBatchTokens;
  if (!session.runPacked || !mayShare) return embedWithSession(session, encode, texts, maxBatchTokens);
  const vectors = new Float32Array(texts.length * embeddingDimensions);
  vectors.set(await session.runPacked(rows));
  return vectors;
}
