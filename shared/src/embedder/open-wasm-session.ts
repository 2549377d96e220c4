import type * as Ort from "onnxruntime-web";
import { buildMinilmOnnx } from "./build-minilm-onnx.ts";
import { type MinilmSession, openMinilmSession } from "./open-minilm-session.ts";
import { readSafetensors } from "./read-safetensors.ts";

const weightsName = "model.safetensors";

/**
 * Loads model.safetensors, or an ONNX export, into onnxruntime-web: one thread (more gain nothing, and
 * need cross-origin isolation in a browser). Rejects when the bytes are neither.
 */
export async function openWasmSession(ort: typeof Ort, model: Uint8Array): Promise<MinilmSession> {
  ort.env.wasm.numThreads = 1;
  const executionProviders = ["wasm"];
  if (!isSafetensors(model)) return openMinilmSession(ort, model, { executionProviders });
  return openMinilmSession(ort, buildMinilmOnnx(readSafetensors(model, model.length), weightsName), {
    executionProviders,
    externalData: [{ path: weightsName, data: model }],
  });
}

/** A safetensors file has its JSON header after 8 bytes; an ONNX file starts with the field ir_version. */
function isSafetensors(model: Uint8Array): boolean {
  return model[8] === "{".charCodeAt(0);
}
