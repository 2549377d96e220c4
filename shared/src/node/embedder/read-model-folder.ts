import { closeSync, existsSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import type { EmbedderDtype } from "../../embedder/describe-maker.ts";
import { layOutMinilm, type MinilmLayout } from "../../embedder/lay-out-minilm.ts";

/** A folder with the network: paths, and the layout where the weights are the published ones. */
export type ModelFolder = {
  readonly weights: string;
  readonly tokenizer: string;
  readonly dtype: EmbedderDtype;
  /** Undefined for an ONNX export. */
  readonly layout: MinilmLayout | undefined;
};

// First match wins: the published weights, then the ONNX exports under the names and folder of the hub.
const published = "model.safetensors";
const exports = [
  { path: "model.onnx", dtype: "fp32" },
  { path: "onnx/model.onnx", dtype: "fp32" },
  { path: "model_quantized.onnx", dtype: "int8" },
  { path: "onnx/model_quantized.onnx", dtype: "int8" },
] as const;

/** More than the header of the published weights, which takes 11 KiB. */
const headerBytes = 65_536;

/**
 * Says which weights a folder holds: model.safetensors, else an ONNX export, beside tokenizer.json. Throws,
 * with the next step, when it holds none, or weights of another model. Synchronous (it reads 64 KB), so that threads can be started
 * before a program's modules are loaded, which lets nothing else run.
 */
export function readModelFolder(modelDir: string): ModelFolder {
  const tokenizer = join(modelDir, "tokenizer.json");
  if (!existsSync(tokenizer)) throw missing(modelDir, "tokenizer.json");
  if (existsSync(join(modelDir, published))) {
    // ONNX Runtime follows no link out of the weights' folder, and the hub's own cache is made of such links.
    const weights = realpathSync(join(modelDir, published));
    return { weights, tokenizer, dtype: "fp32", layout: readLayout(weights) };
  }
  for (const { path, dtype } of exports) {
    const exported = join(modelDir, path);
    if (existsSync(exported)) return { weights: exported, tokenizer, dtype, layout: undefined };
  }
  throw missing(modelDir, `${published}, model.onnx or model_quantized.onnx`);
}

function readLayout(path: string): MinilmLayout {
  const file = openSync(path, "r");
  try {
    const header = new Uint8Array(headerBytes);
    const lengthBytes = readSync(file, header, 0, headerBytes, 0);
    return layOutMinilm(header.subarray(0, lengthBytes), fstatSync(file).size, basename(path));
  } finally {
    closeSync(file);
  }
}

function missing(modelDir: string, what: string): Error {
  return new Error(
    `The model folder ${modelDir} has no ${what}. Run "node scripts/get-weights.ts", ` +
      "or set MODEL_DIR to a folder with all-MiniLM-L6-v2.",
  );
}
