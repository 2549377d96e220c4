import { access, open, realpath } from "node:fs/promises";
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
 * Says which weights a folder holds: model.safetensors, else an ONNX export, beside tokenizer.json. Rejects,
 * with the next step, when it holds none, or weights of another model.
 */
export async function readModelFolder(modelDir: string): Promise<ModelFolder> {
  const tokenizer = join(modelDir, "tokenizer.json");
  if (!(await exists(tokenizer))) throw missing(modelDir, "tokenizer.json");
  if (await exists(join(modelDir, published))) {
    // ONNX Runtime follows no link out of the weights' folder, and the hub's own cache is made of such links.
    const weights = await realpath(join(modelDir, published));
    return { weights, tokenizer, dtype: "fp32", layout: await readLayout(weights) };
  }
  for (const { path, dtype } of exports) {
    const exported = join(modelDir, path);
    if (await exists(exported)) return { weights: exported, tokenizer, dtype, layout: undefined };
  }
  throw missing(modelDir, `${published}, model.onnx or model_quantized.onnx`);
}

async function readLayout(path: string): Promise<MinilmLayout> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(headerBytes), 0, headerBytes, 0);
    return layOutMinilm(buffer.subarray(0, bytesRead), (await file.stat()).size, basename(path));
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function missing(modelDir: string, what: string): Error {
  return new Error(
    `The model folder ${modelDir} has no ${what}. Run "node scripts/get-weights.ts", ` +
      "or set MODEL_DIR to a folder with all-MiniLM-L6-v2.",
  );
}
