import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGoldenVectors } from "../node/embedder/read-golden-vectors.ts";
import { ensureWeights } from "../node/weights/ensure-weights.ts";
import { cosineSimilarity } from "./cosine-similarity.ts";
import { createWasmEmbedder } from "./create-wasm-embedder.ts";
import type { Embedder } from "./embedder.ts";

const cacheDir = fileURLToPath(new URL("../../../.cache/models", import.meta.url));
let model: Uint8Array;
let tokenizerJson: unknown;
let embedder: Embedder;
beforeAll(async () => {
  const { dir } = await ensureWeights({ dir: cacheDir });
  model = await readFile(join(dir, "model.safetensors"));
  tokenizerJson = JSON.parse(await readFile(join(dir, "tokenizer.json"), "utf8"));
  const wasm = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  embedder = await createWasmEmbedder({ model, tokenizerJson, wasmBinary: await readFile(wasm) });
});
afterAll(() => embedder.close());

describe("createWasmEmbedder", () => {
  it("gives sentence-transformers' vectors (cosine >= .9999), also to calls that overlap", async () => {
    const golden = await readGoldenVectors();
    const calls = golden.map(({ text }) => embedder.embed([text]));
    for (const [i, call] of calls.entries()) {
      const [vector] = await call;
      expect(cosineSimilarity(vector!, golden[i]!.vector)).toBeGreaterThanOrEqual(0.9999);
    }
  });

  it("heeds a signal before its turn, and answers the next call", async () => {
    const abort = new AbortController();
    const dropped = embedder.embed(["never"], { signal: abort.signal });
    abort.abort(new Error("the client went away"));
    await expect(dropped).rejects.toThrow("the client went away");
    expect(await embedder.embed(["next"])).toHaveLength(1);
  });

  it("refuses bytes that are no model", async () => {
    await expect(createWasmEmbedder({ model: model.subarray(0, 5_000_000), tokenizerJson })).rejects.toThrow(
      "cut off",
    );
    await expect(createWasmEmbedder({ model: new Uint8Array(100), tokenizerJson })).rejects.toThrow();
  });

  it("bundles for a neutral platform: it imports nothing of Node", async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL("./create-wasm-embedder.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["import", "browser", "default"],
      logLevel: "silent",
    });
    expect(bundle.errors).toEqual([]);
    expect(bundle.outputFiles[0]!.text.length).toBeGreaterThan(10_000);
  });

  it("says that it is closed", async () => {
    const closing = await createWasmEmbedder({ model, tokenizerJson });
    await closing.close();
    await closing.close();
    await expect(closing.embed(["late"])).rejects.toThrow("The embedder is closed.");
  });
});
