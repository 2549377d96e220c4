import { expect, test } from "vitest";
import { readLexicalModel } from "./read-lexical-model.ts";

const layout = {
  file: "lexical.bin" as const,
  dimensions: 3,
  words: ["vpn"],
  heads: [{ name: "scope" as const, labels: ["x"] }],
};

test("float16 reads as IEEE 754 binary16, values from its table of examples", () => {
  const bits = [0x3c00, 0x3555, 0x0001, 0x03ff, 0x0400, 0xc000, 0x7bff, 0x4000, 0x4200];
  const bytes = new Uint8Array(Uint16Array.from(bits).buffer);
  const model = readLexicalModel(bytes, { ...layout, dtype: "float16" });
  expect([...model.idf]).toEqual([1, 0.333251953125, 2 ** -24]);
  expect([...model.heads[0]!.weights[0]!]).toEqual([Math.fround(6.097555160522461e-5), 2 ** -14, -2]);
  expect([...model.heads[0]!.biases]).toEqual([65504]);
  expect([...model.heads[0]!.wordWeights[0]!, ...model.heads[0]!.wordBiases]).toEqual([2, 3]);
});

test("bytes at an odd offset of their buffer read the same", () => {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const padded = new Uint8Array(37);
  padded.set(new Uint8Array(numbers.buffer), 1);
  const model = readLexicalModel(padded.subarray(1), { ...layout, dtype: "float32" });
  expect([...model.heads[0]!.weights[0]!, ...model.heads[0]!.biases]).toEqual([4, 5, 6, 7]);
});
