import type * as Ort from "onnxruntime-web";
import { embeddingDimensions } from "./embedder.ts";

/** The parts of onnxruntime-web and onnxruntime-node that are used; both have them. */
export type OnnxRuntime = Pick<typeof Ort, "InferenceSession" | "Tensor">;

/** A network that is loaded. One run at a time. */
export type MinilmSession = {
  /** Token ids of texts of one length -> float32 [texts * 384], each row of length 1. */
  run(rows: readonly Int32Array[]): Promise<Float32Array>;
  release(): Promise<void>;
};

/**
 * Loads the network: `model` is the one of buildMinilmOnnx (which pools by itself), or an ONNX export
 * with the inputs input_ids, attention_mask and token_type_ids and the output last_hidden_state, as on
 * the hub. One thread. Rejects when the runtime cannot load the model.
 */
export async function openMinilmSession(
  ort: OnnxRuntime,
  model: Uint8Array,
  options: Ort.InferenceSession.SessionOptions,
): Promise<MinilmSession> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...options,
  });
  const run = session.outputNames.includes("embedding") ? runPooled : runUnpooled;
  return { run: (rows) => run(ort, session, rows), release: () => session.release() };
}

async function runPooled(
  ort: OnnxRuntime,
  session: Ort.InferenceSession,
  rows: readonly Int32Array[],
): Promise<Float32Array> {
  const tokens = rows[0]?.length ?? 0;
  const ids = new Int32Array(rows.length * tokens);
  rows.forEach((row, index) => {
    ids.set(row, index * tokens);
  });
  const { embedding } = await session.run({ input_ids: new ort.Tensor("int32", ids, [rows.length, tokens]) });
  return floats(embedding);
}

async function runUnpooled(
  ort: OnnxRuntime,
  session: Ort.InferenceSession,
  rows: readonly Int32Array[],
): Promise<Float32Array> {
  const tokens = rows[0]?.length ?? 0;
  const shape = [rows.length, tokens];
  const ids = BigInt64Array.from(
    rows.flatMap((row) => [...row]),
    BigInt,
  );
  const feeds: Record<string, Ort.Tensor> = {
    input_ids: new ort.Tensor("int64", ids, shape),
    attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
    token_type_ids: new ort.Tensor("int64", new BigInt64Array(ids.length), shape),
  };
  const inputs = Object.fromEntries(
    Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)),
  );
  const { last_hidden_state } = await session.run(inputs);
  return poolAndNormalize(floats(last_hidden_state), rows.length, tokens);
}

/** float32 [rows, tokens, 384] -> [rows, 384]: the mean over the tokens, scaled to length 1. */
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

function floats(tensor: Ort.Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) {
    throw new Error(
      "The model gives no float32 output: it is not an all-MiniLM-L6-v2 that can be read here.",
    );
  }
  return tensor.data;
}
