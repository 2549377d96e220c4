import "./without-telemetry.ts";
import { setFlagsFromString } from "node:v8";
import type { RuntimeFamily } from "../embedder/describe-maker.ts";

/**
 * From here on, V8 leaves WebAssembly as its first compiler made it, in this process and all its threads, and checks a function when it is
 * first called (few of 14 MB are: 0.1 s of CPU less at the start). Right where the classifier is the only WebAssembly that runs: optimising
 * ONNX Runtime's large functions takes 150 MB for good and 200 MB more for a moment, and makes no classification faster (0.42 ms of CPU
 * a row before, 0.75 ms with it over the first 1,300 rows). Wrong for an embedder or a database in WebAssembly, so nothing is done for
 * `embedder` "wasm", for "auto" where the native runtime does not load, or `hasEmbeddedDatabase`. The flags are V8's own and without
 * promise: where it no longer knows them, it says so on stderr and goes on.
 */
export async function keepWasmBaseline(
  embedder: RuntimeFamily | "auto",
  hasEmbeddedDatabase: boolean,
): Promise<void> {
  if (hasEmbeddedDatabase || embedder === "wasm" || !(await isNativeThere())) return;
  setFlagsFromString("--wasm-lazy-validation");
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

const isNativeThere = () =>
  import("onnxruntime-node").then(
    () => true,
    () => false,
  );
