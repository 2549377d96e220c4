import type { LexicalModel } from "../features/lexical-scores.ts";
import { BundleError } from "./bundle-error.ts";
import type { Manifest } from "./manifest.ts";

/** lexical.bin as its manifest lays it out (see manifest.ts). Throws BundleError where the length is another. */
export function readLexicalModel(bytes: Uint8Array, layout: Manifest["lexical"]): LexicalModel {
  const rows = layout.heads.reduce((sum, head) => sum + head.labels.length, 0);
  const expected = layout.dimensions + rows * (layout.dimensions + 1 + layout.words.length + 1);
  const width = layout.dtype === "float16" ? 2 : 4;
  if (bytes.byteLength !== expected * width) {
    throw new BundleError(
      `lexical.bin has ${bytes.byteLength} bytes, its layout in manifest.json asks for ${expected * width}: export the bundle again.`,
    );
  }
  const numbers = layout.dtype === "float16" ? readFloat16(bytes) : readFloat32(bytes);
  let offset = 0;
  const take = (count: number): Float32Array => {
    offset += count;
    return numbers.subarray(offset - count, offset);
  };
  const idf = take(layout.dimensions);
  const takeLinear = (labels: readonly string[], length: number) => {
    const parts = labels.map(() => ({ weights: take(length), bias: take(1) }));
    return {
      weights: parts.map(({ weights }) => weights),
      biases: Float32Array.from(parts, ({ bias }) => bias[0] ?? 0),
    };
  };
  const overTerms = layout.heads.map(({ labels }) => takeLinear(labels, layout.dimensions));
  const heads = layout.heads.map(({ name, labels }, index) => {
    const words = takeLinear(labels, layout.words.length);
    const terms = overTerms[index] ?? { weights: [], biases: new Float32Array() };
    return { name, labels, ...terms, wordWeights: words.weights, wordBiases: words.biases };
  });
  return { idf, words: new Map(layout.words.map((word, place) => [word, place])), heads };
}

function readFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

/**
 * IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) as the binary32 of the same value, bit by bit. By hand: DataView.getFloat16 is
 * younger than some of the runtimes that this serves on.
 */
function readFloat16(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(bytes.byteLength / 2);
  const numbers = new Float32Array(words.buffer);
  for (let i = 0; i < words.length; i += 1) {
    const half = view.getUint16(i * 2, true);
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) numbers[i] = (sign ? -1 : 1) * fraction * 2 ** -24;
    else words[i] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return numbers;
}
