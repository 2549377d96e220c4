import { embeddingDimensions } from "./embedder.ts";

/** Copies the embedding of token `id`, 384 little-endian float32, into `row`: 1,536 bytes. */
export type WordTable = (id: number, row: Uint8Array) => void;

/** The word table of a model.safetensors that is in memory; `offsetBytes` is where the table starts. */
export function createWordTable(model: Uint8Array, offsetBytes: number): WordTable {
  const rowBytes = 4 * embeddingDimensions;
  return (id, row) => {
    const start = offsetBytes + id * rowBytes;
    row.set(model.subarray(start, start + rowBytes));
  };
}
