import type { EmbedderDtype } from "./describe-maker.ts";

/**
 * How many tokens one run may take, for planBatches. fp32: as many as one text of full length, which
 * bounds a run and is where the gain of batching ends. int8: each text alone, because dynamic quantisation
 * takes its scale from the whole batch and a text's vector would depend on its neighbours.
 */
export function batchTokens(dtype: EmbedderDtype): number {
  return dtype === "int8" ? 0 : 256;
}
