import { buildMinilmOnnx } from "./build-minilm-onnx.ts";
import { embeddingDimensions } from "./embedder.ts";
import { readSafetensors } from "./read-safetensors.ts";

/** What a runtime must know to load model.safetensors: the network, and where the word table lies. */
export type MinilmLayout = {
  /** An ONNX model that refers to the weights by offset. */
  readonly graph: Uint8Array<ArrayBuffer>;
  /** The name under which it refers to them. */
  readonly weightsName: string;
  /** The word table's first byte in the file; row after row, 384 little-endian float32 each. */
  readonly wordTableOffsetBytes: number;
  readonly wordTableLengthBytes: number;
};

/** The vocabulary of BERT, uncased. */
const vocabularySize = 30_522;

/**
 * Reads the header of model.safetensors: `start` is the file from its beginning (64 KiB are enough),
 * `fileBytes` its whole length, `weightsName` the name by which the runtime will find it. Throws when the file is not all-MiniLM-L6-v2, or cut.
 */
export function layOutMinilm(start: Uint8Array, fileBytes: number, weightsName: string): MinilmLayout {
  const tensors = readSafetensors(start, fileBytes);
  const words = tensors.get("embeddings.word_embeddings.weight");
  if (words?.dtype !== "F32" || `${words.shape}` !== `${[vocabularySize, embeddingDimensions]}`) {
    throw new Error("The weights are not all-MiniLM-L6-v2: their word table has another shape.");
  }
  return {
    graph: buildMinilmOnnx(tensors, weightsName),
    weightsName,
    wordTableOffsetBytes: words.offsetBytes,
    wordTableLengthBytes: words.lengthBytes,
  };
}
