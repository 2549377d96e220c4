import { access } from "node:fs/promises";
import { join } from "node:path";
import type { EmbedderDtype } from "../../embedder/describe-maker.ts";

/** The files of one model folder. `safetensors` says whether the weights are the published ones. */
export type ModelFiles = {
  readonly weights: string;
  readonly tokenizer: string;
  readonly dtype: EmbedderDtype;
  readonly safetensors: boolean;
};

// First match wins: the published weights, then the ONNX exports under the names and folder of the hub.
const candidates = [
  { path: "model.safetensors", dtype: "fp32", safetensors: true },
  { path: "model.onnx", dtype: "fp32", safetensors: false },
  { path: "onnx/model.onnx", dtype: "fp32", safetensors: false },
  { path: "model_quantized.onnx", dtype: "int8", safetensors: false },
  { path: "onnx/model_quantized.onnx", dtype: "int8", safetensors: false },
] as const;

/** Says which weights a model folder holds. Rejects, with the next step, when it holds none. */
export async function findModelFiles(modelDir: string): Promise<ModelFiles> {
  const tokenizer = join(modelDir, "tokenizer.json");
  if (!(await exists(tokenizer))) throw new Error(missing(modelDir, "tokenizer.json"));
  for (const { path, dtype, safetensors } of candidates) {
    const weights = join(modelDir, path);
    if (await exists(weights)) return { weights, tokenizer, dtype, safetensors };
  }
  throw new Error(missing(modelDir, "model.safetensors, model.onnx or model_quantized.onnx"));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function missing(modelDir: string, what: string): string {
  return (
    `The model folder ${modelDir} has no ${what}. Run "node scripts/get-weights.ts", ` +
    "or set MODEL_DIR to a folder with all-MiniLM-L6-v2."
  );
}
