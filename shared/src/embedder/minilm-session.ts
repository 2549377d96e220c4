import type * as Ort from "onnxruntime-web";

/** Texts that share a run at most: with more of them a run is longer and a text hardly cheaper. */
export const mostPackedTexts = 4;

/** A network that is loaded. One run at a time. */
export type MinilmSession = {
  /** Token ids of texts of one length -> float32 [texts * 384], each text's vector of length 1. */
  run(rows: readonly Int32Array[]): Promise<Float32Array>;
  /**
   * The same for texts of any lengths in one run, where the network can do that: two of them, up to `mostPackedTexts`. It is cheaper
   * than a run for each; the last bits of a vector depend on its company.
   */
  runPacked?(rows: readonly Int32Array[]): Promise<Float32Array>;
  release(): Promise<void>;
};

/** The parts of onnxruntime-web and onnxruntime-node that are used; both have them. */
export type OnnxRuntime = Pick<typeof Ort, "InferenceSession" | "Tensor">;

/**
 * One thread: the pool has a thread for each session, and WASM threads gain nothing. No memory pattern: lengths
 * vary from text to text, and a plan for each would stay resident.
 */
export const sessionOptions: Ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};
