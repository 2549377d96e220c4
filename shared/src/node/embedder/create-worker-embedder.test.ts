import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cosineSimilarity } from "../../embedder/cosine-similarity.ts";
import { createWasmEmbedder } from "../../embedder/create-wasm-embedder.ts";
import { type Embedder, embeddingDimensions } from "../../embedder/embedder.ts";
import { ensureWeights } from "../weights/ensure-weights.ts";
import { createWorkerEmbedder } from "./create-worker-embedder.ts";
import { readGoldenVectors } from "./read-golden-vectors.ts";

// The golden vectors are sentence-transformers' own: scripts/golden-vectors/make-golden-vectors.py.
const cacheDir = fileURLToPath(new URL("../../../../.cache/models", import.meta.url));
const golden = await readGoldenVectors();
const texts = golden.map(({ text }) => text);
let modelDir = "";
beforeAll(async () => {
  modelDir = (await ensureWeights({ dir: cacheDir })).dir;
});

describe.each(["native", "wasm"] as const)("the embedder on the %s runtime", (runtime) => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await createWorkerEmbedder({ modelDir, runtime });
  });
  afterAll(() => embedder.close());

  it("gives sentence-transformers' vectors (cosine >= .9999), of length 1, in the order of the texts", async () => {
    const vectors = await embedder.embed(texts);
    const cosines = vectors.map((vector, i) => cosineSimilarity(vector, golden[i]!.vector));
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
    for (const vector of vectors) {
      expect(vector).toHaveLength(embeddingDimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    }
  });

  it("gives a text the same vector alone as in company, within float rounding", async () => {
    const together = await embedder.embed(texts);
    for (const [i, text] of texts.entries()) {
      const [alone] = await embedder.embed([text]);
      expect(cosineSimilarity(alone!, together[i]!)).toBeGreaterThan(1 - 1e-9);
    }
  });

  it("gives a text the same vector to 1e-6 where it shares a run with other calls' texts", async () => {
    const shared = await Promise.all(texts.map((text) => embedder.embed([text], { isShared: true })));
    for (const [i, text] of texts.entries()) {
      const [alone] = await embedder.embed([text]);
      const differences = alone!.map((x, k) => Math.abs(x - shared[i]![0]![k]!));
      expect(Math.max(...differences)).toBeLessThan(1e-6);
    }
  });

  it("has a vector for whatever a text can hold: nothing, 5,000 characters, controls, half a surrogate pair", async () => {
    const odd = [
      "",
      "x".repeat(5_000),
      "word ".repeat(1_000),
      "\u0000\u0007\u001b[31m\u007f",
      "\ud83d",
      "\udca9 \ud83d",
    ];
    for (const vector of await embedder.embed(odd)) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
  });

  it("leaves the caller's event loop free while a 256-token text is embedded", async () => {
    const long = "word ".repeat(300);
    await embedder.embed([long]);
    // The smallest share of seven tries: another process on the machine can only make a gap longer.
    const shares: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1)
      shares.push(await longestGapShare(() => embedder.embed([long])));
    expect(Math.min(...shares)).toBeLessThan(0.25);
  });
});

/** The longest time between two turns of the event loop, as a share of the work's own time. */
async function longestGapShare(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    immediate = setImmediate(turn);
  };
  let immediate = setImmediate(turn);
  const started = performance.now();
  await work();
  turn();
  clearImmediate(immediate);
  return longestMs / (performance.now() - started);
}

describe("a run that several threads share", () => {
  it.runIf(process.platform === "linux")(
    "gives way on every one of them, and on no thread of the caller's",
    async () => {
      const nicenesses = async () => {
        const threads = await readdir("/proc/self/task");
        const stats = await Promise.all(
          threads.map((id) => readFile(`/proc/self/task/${id}/stat`, "utf8").catch(() => "")),
        );
        return stats.map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
      };
      const own = getPriority();
      const lower = Math.min(19, own + 10);
      const countLower = async () => (await nicenesses()).filter((niceness) => niceness === lower).length;
      const before = await countLower();
      const embedder = await createWorkerEmbedder({
        modelDir,
        runtime: "native",
        workers: 1,
        intraOpThreads: 2,
      });
      await embedder.embed(["one text"]);
      const during = await countLower();
      await embedder.close();
      expect(getPriority()).toBe(own);
      expect(during - before).toBeGreaterThanOrEqual(2);
    },
  );

  it("gives the same bits as one thread does, alone and packed", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((intraOpThreads) =>
        createWorkerEmbedder({ modelDir, runtime: "native", workers: 1, intraOpThreads }),
      ),
    );
    try {
      const both = [one!, two!];
      for (const text of texts) {
        const [first, second] = await Promise.all(both.map((embedder) => embedder.embed([text])));
        expect(second).toEqual(first);
      }
      const packed = await Promise.all(
        both.map((embedder) =>
          Promise.all(texts.slice(0, 5).map((text) => embedder.embed([text], { isShared: true }))),
        ),
      );
      expect(packed[1]).toEqual(packed[0]);
    } finally {
      await Promise.all([one?.close(), two?.close()]);
    }
  });
});

describe("vectors of the two runtimes", () => {
  it("are made in the caller's thread by createWasmEmbedder: what longestGapShare shows where a loop is not free", async () => {
    const wasm = await createWasmEmbedder({
      model: await readFile(join(modelDir, "model.safetensors")),
      tokenizerJson: JSON.parse(await readFile(join(modelDir, "tokenizer.json"), "utf8")),
    });
    expect(await longestGapShare(() => wasm.embed(["word ".repeat(300)]))).toBeGreaterThan(0.5);
    await wasm.close();
  });

  it("have one maker and agree to 1e-6 in every number, so that WASM reads what native wrote", async () => {
    const native = await createWorkerEmbedder({ modelDir, runtime: "native", workers: 1 });
    const wasm = await createWasmEmbedder({
      model: await readFile(join(modelDir, "model.safetensors")),
      tokenizerJson: JSON.parse(await readFile(join(modelDir, "tokenizer.json"), "utf8")),
    });
    try {
      expect(wasm.maker).toBe(native.maker);
      expect(native.maker).toBe("all-MiniLM-L6-v2; fp32; 256 tokens; sha256 53aa51172d142c89");
      const [written, read] = await Promise.all([native.embed(texts), wasm.embed(texts)]);
      const differences = written.map((vector, i) =>
        Math.max(...vector.map((x, k) => Math.abs(x - read[i]![k]!))),
      );
      expect(Math.max(...differences)).toBeLessThan(1e-6);
    } finally {
      await Promise.all([native.close(), wasm.close()]);
    }
  });
});

describe("createWorkerEmbedder", () => {
  /** embed-one-text.fixture.mjs in a process of its own, where onnxruntime-node does not load in the threads `refused` (in any without it). */
  const embedWithout = async (refused?: string) => {
    const fixture = (name: string) => new URL(name, import.meta.url);
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [
        "--import",
        fixture("./without-onnxruntime-node.fixture.mjs").href,
        fileURLToPath(fixture("./embed-one-text.fixture.mjs")),
        modelDir,
        texts[1]!,
      ],
      { env: refused === undefined ? process.env : { ...process.env, REFUSED_THREADS: refused } },
    );
    const asked = stderr.match(/^\d+$/gm) ?? [];
    return { ...JSON.parse(stdout), asked: asked.map(Number).sort() };
  };

  it.each([
    { where: "in no thread", refused: undefined, reasons: ["no such module here"], asked: [1, 2] },
    { where: "in all but the first thread", refused: "1", reasons: ["no such module here"], asked: [1, 2] },
    { where: "in all but the second thread", refused: "2", reasons: [], asked: [1, 2, 3] },
  ])("uses what the first thread found on all, where onnxruntime-node loads $where", async (given) => {
    const outcome = await embedWithout(given.refused);
    expect(outcome.reasons).toEqual(given.reasons);
    expect(outcome.asked).toEqual(given.asked);
    expect(outcome.maker).toBe("all-MiniLM-L6-v2; fp32; 256 tokens; sha256 53aa51172d142c89");
    expect(cosineSimilarity(outcome.vector, golden[1]!.vector)).toBeGreaterThanOrEqual(0.9999);
  });

  it("rejects, and leaves no thread running, where one thread cannot have what the first one found", async () => {
    await expect(embedWithout("2,3")).rejects.toThrow("An embedder thread failed: no such module here");
  });

  it("reads a folder of links, which is what the hub's own cache is", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "model-"));
    try {
      await symlink(join(modelDir, "model.safetensors"), join(scratch, "model.safetensors"));
      await symlink(join(modelDir, "tokenizer.json"), join(scratch, "tokenizer.json"));
      const embedder = await createWorkerEmbedder({ modelDir: scratch, runtime: "native", workers: 1 });
      const [vector] = await embedder.embed([texts[1]!]);
      expect(cosineSimilarity(vector!, golden[1]!.vector)).toBeGreaterThanOrEqual(0.9999);
      await embedder.close();
    } finally {
      await rm(scratch, { recursive: true });
    }
  });

  it("names the next step when the folder holds no model, and the reason when it holds another one", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "model-"));
    try {
      await expect(createWorkerEmbedder({ modelDir: scratch })).rejects.toThrow(
        /no tokenizer\.json\. Run .*get-weights/,
      );
      await symlink(join(modelDir, "tokenizer.json"), join(scratch, "tokenizer.json"));
      await expect(createWorkerEmbedder({ modelDir: scratch })).rejects.toThrow(
        /no model\.safetensors, .*MODEL_DIR/,
      );
      await writeFile(join(scratch, "model.safetensors"), "<html>not found</html>");
      await expect(createWorkerEmbedder({ modelDir: scratch })).rejects.toThrow("no safetensors file");
      await writeFile(
        join(scratch, "model.safetensors"),
        (await readFile(join(modelDir, "model.safetensors"))).subarray(0, 100_000),
      );
      await expect(createWorkerEmbedder({ modelDir: scratch })).rejects.toThrow("cut off");
      await rm(join(scratch, "model.safetensors"));
      await writeFile(join(scratch, "model.onnx"), "not an ONNX file");
      await expect(createWorkerEmbedder({ modelDir: scratch })).rejects.toThrow("An embedder thread failed");
    } finally {
      await rm(scratch, { recursive: true });
    }
  });
});
