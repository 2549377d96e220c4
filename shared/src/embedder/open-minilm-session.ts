import type * as Ort from "onnxruntime-web";
import type { WordTable } from "./create-word-table.ts";
import { embeddingDimensions } from "./embedder.ts";
import type { MinilmLayout } from "./lay-out-minilm.ts";
import { type MinilmSession, type OnnxRuntime, sessionOptions } from "./minilm-session.ts";

/**
 * Loads the published weights; `options` say where the runtime finds them (externalData, or the folder of
 * the file) and its execution provider. Rejects when the runtime cannot load the model.
 */
export async function openMinilmSession(
  ort: OnnxRuntime,
  layout: MinilmLayout,
  wordTable: WordTable,
  options: Ort.InferenceSession.SessionOptions,
): Promise<MinilmSession> {
  const session = await ort.InferenceSession.create(layout.graph, { ...sessionOptions, ...options });
  return {
    run: async (rows) => {
      const words = new ort.Tensor("float32", lookUp(wordTable, rows), [
        rows.length,
        rows[0]?.length ?? 0,
        embeddingDimensions,
      ]);
      const { embedding } = await session.run({ word_embeddings: words });
      if (!(embedding?.data instanceof Float32Array)) throw new Error("The network gave no float32 vectors.");
      return embedding.data;
    },
    release: () => session.release(),
  };
}

/** Token ids -> float32 [texts * tokens * 384]. */
function lookUp(wordTable: WordTable, rows: readonly Int32Array[]): Float32Array {
  const tokens = rows[0]?.length ?? 0;
  const words = new Float32Array(rows.length * tokens * embeddingDimensions);
  const rowBytes = 4 * embeddingDimensions;
  let at = 0;
  for (const row of rows) {
    for (const id of row) {
      wordTable(id, new Uint8Array(words.buffer, at, rowBytes));
      at += rowBytes;
    }
  }
  return words;
}
