import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cosineSimilarity } from "../../embedder/cosine-similarity.ts";
import { type Embedder, embeddingDimensions } from "../../embedder/embedder.ts";
import { ensureWeights } from "../weights/ensure-weights.ts";
import { createWorkerEmbedder } from "./create-worker-embedder.ts";
import { readGoldenVectors } from "./read-golden-vectors.ts";

// The golden vectors are sentence-transformers' own: scripts/golden-vectors/make-golden-vectors.py.
const cacheDir = fileURLToPath(new URL("../../../../.cache/models", import.meta.url));
const golden = await readGoldenVectors();
let modelDir = "";
beforeAll(async () => {
  modelDir = process.env.MODEL_DIR || (await ensureWeights({ dir: cacheDir })).dir;
});

describe.each(["native", "wasm"] as const)("the embedder on the %s runtime", (runtime) => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await createWorkerEmbedder({ modelDir, runtime });
  });
  afterAll(() => embedder.close());

  it("gives sentence-transformers' vectors (cosine >= .9999), unit length, in the order of the texts", async () => {
    const vectors = await embedder.embed(golden.map(({ text }) => text));
    const cosines = vectors.map((vector, i) => cosineSimilarity(vector, golden[i]!.vector));
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
    for (const vector of vectors) {
      expect(vector).toHaveLength(embeddingDimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    }
  });

  it("gives a text the same vector alone as in company, within float rounding", async () => {
    const texts = golden.map(({ text }) => text);
    const together = await embedder.embed(texts);
    for (const [i, text] of texts.entries()) {
      const [alone] = await embedder.embed([text]);
      expect(cosineSimilarity(alone!, together[i]!)).toBeGreaterThan(1 - 1e-9);
    }
  });

  it("has a vector for whatever a text can hold: nothing, 5,000 characters, control characters, half a surrogate pair", async () => {
    const texts = [
      "",
      "x".repeat(5_000),
      "word ".repeat(1_000),
      "\u0000\u0001\u0007\u001b[31m\u007f",
      "\ud83d",
      "\udca9 \ud83d",
      "\u200b\u202e\ufeff",
    ];
    const vectors = await embedder.embed(texts);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
  });
});
