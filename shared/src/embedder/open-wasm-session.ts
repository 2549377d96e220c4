import type * as Ort from "onnxruntime-web";
import { createWordTable } from "./create-word-table.ts";
import { layOutMinilm } from "./lay-out-minilm.ts";
import type { MinilmSession } from "./minilm-session.ts";
import { openExportedSession } from "./open-exported-session.ts";
import { openMinilmSession } from "./open-minilm-session.ts";

/**
 * Loads model.safetensors, or an ONNX export, into onnxruntime-web, from memory: the bytes stay in use,
 * since the word table is looked up in them. Rejects when the bytes are neither.
 */
export async function openWasmSession(ort: typeof Ort, model: Uint8Array): Promise<MinilmSession> {
  ort.env.wasm.numThreads = 1;
  const executionProviders = ["wasm"];
  if (!isSafetensors(model)) return openExportedSession(ort, model, { executionProviders });

  const layout = layOutMinilm(model, model.length, "model.safetensors");
  return openMinilmSession(ort, layout, createWordTable(model, layout.wordTableOffsetBytes), {
    executionProviders,
    externalData: [{ path: layout.weightsName, data: model }],
  });
}

/** A safetensors file has its JSON header after 8 bytes; an ONNX file has other things there. */
function isSafetensors(model: Uint8Array): boolean {
  return model[8] === "{".charCodeAt(0);
}
