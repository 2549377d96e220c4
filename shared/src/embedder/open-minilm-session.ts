import type * as Ort from "onnxruntime-web";
import type { WordTable } from "./create-word-table.ts";
import { embeddingDimensions, maxTokens } from "./embedder.ts";
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
  const flag = (value: boolean) => new ort.Tensor("bool", [value], [1]);
  const plain = {
    packed: flag(false),
    beyond_two: flag(false),
    beyond_three: flag(false),
    lengths: new ort.Tensor("int64", new BigInt64Array(1), [1]),
    pooling: new ort.Tensor("float32", new Float32Array(1), [1, 1]),
  };

  const embed = async (
    rows: readonly Int32Array[],
    shape: readonly [batch: number, tokens: number],
    positions: BigInt64Array,
    form: Readonly<Record<keyof typeof plain, Ort.Tensor>>,
  ): Promise<Float32Array> => {
    const { embedding } = await session.run({
      word_embeddings: new ort.Tensor("float32", lookUp(wordTable, rows), [...shape, embeddingDimensions]),
      positions: new ort.Tensor("int64", positions, [shape[1]]),
      ...form,
    });
    if (!(embedding?.data instanceof Float32Array)) throw new Error("The network gave no float32 vectors.");
    return embedding.data;
  };

  return {
    run: (rows) => {
      const tokens = rows[0]?.length ?? 0;
      return embed(rows, [rows.length, tokens], firstPlaces.subarray(0, tokens), plain);
    },
    runPacked: (rows) => {
      const lengths = rows.map((row) => row.length);
      const tokens = lengths.reduce((sum, length) => sum + length, 0);
      return embed(rows, [1, tokens], placesIn(lengths), {
        packed: flag(true),
        beyond_two: flag(lengths.length > 2),
        beyond_three: flag(lengths.length > 3),
        lengths: new ort.Tensor("int64", BigInt64Array.from(lengths, BigInt), [lengths.length]),
        pooling: new ort.Tensor("float32", meansOf(lengths), [lengths.length, tokens]),
      });
    },
    release: () => session.release(),
  };
}

/** 0, 1, 2, ... for the tokens of one text. */
const firstPlaces = BigInt64Array.from({ length: maxTokens }, (_, place) => BigInt(place));

/** Each token's place in its own text. */
function placesIn(lengths: readonly number[]): BigInt64Array {
  return BigInt64Array.from(lengths.flatMap((length) => [...firstPlaces.subarray(0, length)]));
}

/** float32 [texts * tokens]: a row makes the mean over one text's tokens. */
function meansOf(lengths: readonly number[]): Float32Array {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const means = new Float32Array(lengths.length * tokens);
  let start = 0;
  lengths.forEach((length, text) => {
    means.fill(1 / length, text * tokens + start, text * tokens + start + length);
    start += length;
  });
  return means;
}

/** Token ids -> float32 [all tokens * 384]. */
function lookUp(wordTable: WordTable, rows: readonly Int32Array[]): Float32Array {
  const tokens = rows.reduce((sum, row) => sum + row.length, 0);
  const words = new Float32Array(tokens * embeddingDimensions);
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
