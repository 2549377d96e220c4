import * as ort from "onnxruntime-web/wasm";
import { BundleError } from "../bundle/bundle-error.ts";

/** A tree ensemble that is loaded. One run at a time. */
export type TreeModel = {
  /** float32 [rows, columns] -> raw probabilities, one Float32Array(classes) for each row. */
  run(input: Float32Array, rows: number): Promise<Float32Array[]>;
  release(): Promise<void>;
};

/**
 * Opens one of the bundle's ONNX models: input "features" float32 [N, columns], an output "probabilities" float32
 * [N, classes] (no ZipMap). The label output of ONNX's TreeEnsembleClassifier is not read: labels come from calibrated
 * probabilities. The shape is tried with one row of zeros. Rejects with BundleError, and leaves no
 * session behind; with a plain Error where the runtime itself cannot be loaded.
 */
export async function openTreeModel(
  name: string,
  model: Uint8Array,
  columns: number,
  classes: number,
): Promise<TreeModel> {
  const session = await createSession(name, model);
  const run = async (input: Float32Array, rows: number): Promise<Float32Array[]> => {
    const features = new ort.Tensor("float32", input, [rows, columns]);
    const { probabilities } = await session.run({ features }, ["probabilities"]);
    if (!(probabilities?.data instanceof Float32Array) || probabilities.data.length !== rows * classes) {
      throw new BundleError(
        `${name} gives probabilities of shape [${probabilities?.dims.join(", ")}], expected [${rows}, ${classes}]: ` +
          "the labels in manifest.json are not those of the model. Export the bundle again.",
      );
    }
    const { data } = probabilities;
    return Array.from({ length: rows }, (_, row) => data.slice(row * classes, (row + 1) * classes));
  };
  try {
    await run(new Float32Array(columns), 1);
  } catch (cause) {
    await session.release();
    if (cause instanceof BundleError) throw cause;
    throw new BundleError(
      `${name} does not take rows of ${columns} features under the name "features", or gives no "probabilities": ` +
        "export the bundle again with ZipMap off.",
      { cause },
    );
  }
  return { run, release: () => session.release() };
}

async function createSession(name: string, model: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    if (said.includes("no available backend")) {
      throw new Error(
        "ONNX Runtime's WASM file could not be loaded: hand its bytes over as `wasmBinary` (onnxruntime-web's " +
          "ort-wasm-simd-threaded.wasm) where the runtime cannot read files.",
        { cause },
      );
    }
    throw new BundleError(
      `${name} cannot be opened by ONNX Runtime (${said.slice(0, 200)}): export the bundle again.`,
      { cause },
    );
  }
}
