import * as bundledOrt from "onnxruntime-web/wasm";
import { batchTokens } from "./batch-tokens.ts";
import { createTextEncoder } from "./create-text-encoder.ts";
import { describeMaker, type EmbedderDtype } from "./describe-maker.ts";
import { embedWithSession } from "./embed-with-session.ts";
import { type Embedder, embeddingDimensions } from "./embedder.ts";
import { openWasmSession } from "./open-wasm-session.ts";

/** What createWasmEmbedder needs; nothing is fetched or read from a disk here. */
export type WasmEmbedderOptions = {
  /** The bytes of model.safetensors, or of an ONNX export of the same network. */
  readonly model: Uint8Array;
  /** tokenizer.json, parsed. */
  readonly tokenizerJson: unknown;
  /** Of an ONNX export: int8 when it is the quantised one. */
  readonly dtype?: EmbedderDtype;
  /** onnxruntime-web, where the caller has its own build of it. */
  readonly ort?: typeof bundledOrt;
  /** The bytes of ort-wasm-simd-threaded.wasm, where the runtime cannot load the file by its address. */
  readonly wasmBinary?: Uint8Array;
};

/**
 * An embedder in the caller's own thread, on any runtime with WebAssembly: for the edge and for tests. It
 * keeps its thread busy while a run lasts, so a server on Node uses createWorkerEmbedder. Calls are
 * answered one after the other; a signal is heeded between two runs.
 * Rejects when the model or the tokenizer is not all-MiniLM-L6-v2.
 */
export async function createWasmEmbedder(options: WasmEmbedderOptions): Promise<Embedder> {
  const { model, dtype = "fp32", ort = bundledOrt } = options;
  if (options.wasmBinary !== undefined) ort.env.wasm.wasmBinary = options.wasmBinary;
  const encode = createTextEncoder(options.tokenizerJson);
  const digest = await sha256(model);
  const session = await openWasmSession(ort, model);

  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors = await embedWithSession(session, encode, texts, batchTokens(dtype), () => {
      signal?.throwIfAborted();
      if (closed) throw new Error("The embedder is closed.");
    });
    return texts.map((_, row) => vectors.slice(row * embeddingDimensions, (row + 1) * embeddingDimensions));
  };

  return {
    maker: describeMaker(dtype, digest, "wasm"),
    embed: (texts, { signal, onStart } = {}) => {
      const turn = last.then(() => {
        onStart?.();
        return embed(texts, signal);
      });
      last = turn.catch(() => {});
      return turn;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await last;
      await session.release();
    },
  };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
