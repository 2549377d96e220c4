import type * as Ort from "onnxruntime-web";
import { embeddingDimensions } from "./embedder.ts";
import { type MinilmSession, type OnnxRuntime, sessionOptions } from "./minilm-session.ts";

/**
 * Loads an ONNX export of the network as the hub has them: inputs input_ids, attention_mask and
 * token_type_ids (int64 [batch, tokens]), output last_hidden_state (float32 [batch, tokens, 384]), pooled here.
 * Rejects when the runtime cannot load the model or its output has another name.
 */
export async function openExportedSession(
  ort: OnnxRuntime,
  model: Uint8Array,
  options: Ort.InferenceSession.SessionOptions,
): Promise<MinilmSession> {
  const session = await ort.InferenceSession.create(model, { ...sessionOptions, ...options });
  if (!session.outputNames.includes("last_hidden_state")) {
    throw new Error(
      `The model gives ${session.outputNames}, not last_hidden_state: it is no export of MiniLM.`,
    );
  }
  return {
    run: async (rows) => {
      const { last_hidden_state } = await session.run(feedsOf(ort, session.inputNames, rows));
      if (!(last_hidden_state?.data instanceof Float32Array)) {
        throw new Error("The network gave no float32 states.");
      }
      return poolAndNormalize(last_hidden_state.data, rows.length, rows[0]?.length ?? 0);
    },
    release: () => session.release(),
  };
}

function feedsOf(
  ort: OnnxRuntime,
  inputNames: readonly string[],
  rows: readonly Int32Array[],
): Record<string, Ort.Tensor> {
  const shape = [rows.length, rows[0]?.length ?? 0];
  const ids = BigInt64Array.from(
    rows.flatMap((row) => [...row]),
    BigInt,
  );
  const feeds: Record<string, Ort.Tensor> = {
    input_ids: new ort.Tensor("int64", ids, shape),
    attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
    token_type_ids: new ort.Tensor("int64", new BigInt64Array(ids.length), shape),
  };
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => inputNames.includes(name)));
}

/** float32 [rows * tokens * 384] -> [rows * 384]: the mean over the tokens, scaled to length 1. */
function poolAndNormalize(states: Float32Array, rows: number, tokens: number): Float32Array {
  const pooled = new Float32Array(rows * embeddingDimensions);
  for (let row = 0; row < rows; row += 1) {
    const out = pooled.subarray(row * embeddingDimensions, (row + 1) * embeddingDimensions);
    for (let token = 0; token < tokens; token += 1) {
      const start = (row * tokens + token) * embeddingDimensions;
      for (let i = 0; i < embeddingDimensions; i += 1) out[i] = (out[i] ?? 0) + (states[start + i] ?? 0);
    }
    const norm = Math.hypot(...out);
    for (let i = 0; i < embeddingDimensions; i += 1) out[i] = (out[i] ?? 0) / norm;
  }
  return pooled;
}
