import { appendFile, mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { embedTexts } from "./embed-texts.ts";
import { openEmbeddingCache } from "./embedding-cache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cache-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const vector = (value: number) => new Float32Array(384).fill(value);

test("what was added is there for the next run, bit for bit", async () => {
  const cache = await openEmbeddingCache(folder, "maker");
  await cache.add(["a", "b"], [vector(0.1), vector(-1e-9)]);
  const next = await openEmbeddingCache(folder, "maker");
  expect(next.get("a")).toEqual(vector(0.1));
  expect(next.get("b")).toEqual(vector(-1e-9));
  expect(next.get("c")).toBeUndefined();
});

test("vectors of another embedder are not given", async () => {
  await (await openEmbeddingCache(folder, "int8")).add(["a"], [vector(1)]);
  expect((await openEmbeddingCache(folder, "fp32")).get("a")).toBeUndefined();
});

test.each([
  ["cut short in its last record", (path: string) => truncate(path, 1_572 * 2 - 100)],
  ["with bytes of a torn write at its end", (path: string) => appendFile(path, Buffer.alloc(1_572, 7))],
])("a file %s keeps its whole records and takes more", async (_, damage) => {
  const cache = await openEmbeddingCache(folder, "maker");
  await cache.add(["a", "b"], [vector(1), vector(2)]);
  const [name = ""] = await readdir(folder);
  await damage(join(folder, name));

  const mended = await openEmbeddingCache(folder, "maker");
  expect(mended.get("a")).toEqual(vector(1));
  await mended.add(["c"], [vector(3)]);
  const last = await openEmbeddingCache(folder, "maker");
  expect(last.get("a")).toEqual(vector(1));
  expect(last.get("c")).toEqual(vector(3));
});

test("only texts that are new are embedded, each once and by itself", async () => {
  const embedded: string[][] = [];
  const embedder = {
    maker: "maker",
    embed: async (texts: readonly string[]) => {
      embedded.push([...texts]);
      return texts.map((text) => vector(text.length));
    },
    close: async () => {},
  };
  const cache = await openEmbeddingCache(folder, "maker");
  await embedTexts(["a", "bb"], embedder, cache, () => {});
  const vectors = await embedTexts(["ccc", "a", "ccc"], embedder, cache, () => {});
  expect(embedded).toEqual([["a"], ["bb"], ["ccc"]]);
  expect(vectors).toEqual([vector(3), vector(1), vector(3)]);
});
