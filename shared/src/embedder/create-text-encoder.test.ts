import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readGoldenVectors } from "../node/embedder/read-golden-vectors.ts";
import { ensureWeights } from "../node/weights/ensure-weights.ts";
import { createTextEncoder, type TextEncoder } from "./create-text-encoder.ts";

const cacheDir = fileURLToPath(new URL("../../../.cache/models", import.meta.url));
let encode: TextEncoder;
beforeAll(async () => {
  const { dir } = await ensureWeights({ dir: cacheDir });
  encode = createTextEncoder(JSON.parse(await readFile(join(dir, "tokenizer.json"), "utf8")));
});

describe("createTextEncoder", () => {
  it("gives the token ids of Python's tokenizer, truncated at 256", async () => {
    for (const { text, tokens } of await readGoldenVectors()) expect([...encode(text)], text).toEqual(tokens);
  });

  it("counts half a surrogate pair as U+FFFD, and reads nothing beyond 16,384 characters", () => {
    expect([...encode("a \ud83d b")]).toEqual([...encode("a \ufffd b")]);
    expect([...encode(`${" ".repeat(16_384)}word`)]).toEqual([101, 102]);
  });

  it("stays at 256 ids for the longest text, [CLS] first and [SEP] last", () => {
    const ids = encode("a ".repeat(1_000_000));
    expect([ids.length, ids[0], ids[255]]).toEqual([256, 101, 102]);
  });

  it("refuses what is no tokenizer.json of this model", () => {
    expect(() => createTextEncoder("text")).toThrow("not a JSON object");
  });
});
