import { maxTokens } from "./embedder.ts";

/** Number format of the weights: fp32 as published, or the hub's dynamically quantised int8. */
export type EmbedderDtype = "fp32" | "int8";

/** Which build of ONNX Runtime computes. */
export type RuntimeFamily = "native" | "wasm";

/**
 * The string that stands beside stored vectors; equal strings mean comparable vectors. `digest` is the
 * SHA-256 of the weights as 64 hexadecimal digits. The runtime is named for int8 only: native and WASM fp32 vectors
 * agree to 1e-6, int8 ones differ by more than a ranking forgives (docs/embedder.md has the figures).
 */
export function describeMaker(dtype: EmbedderDtype, digest: string, runtime: RuntimeFamily): string {
  const parts = ["all-MiniLM-L6-v2", dtype, `${maxTokens} tokens`, `sha256 ${digest.slice(0, 16)}`];
  if (dtype === "int8") parts.push(runtime);
  return parts.join("; ");
}
