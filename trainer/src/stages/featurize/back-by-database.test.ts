import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { openNodePostgres } from "@support-it-agent/shared/node/database/open-node-postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { backByDatabase } from "./back-by-database.ts";
import { openEmbeddingCache } from "./embedding-cache.ts";

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backed-"));
  database = openNodePostgres({ url: await createTestDatabase() });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** Numbers of every size that a float32 has, so that a lost bit shows. */
const vector = (seed: number) =>
  Float32Array.from({ length: 384 }, (_, i) => Math.sin(seed + i) * 10 ** -(i % 38));

const open = async (machine: string, maker = "maker", log = (_: string) => {}) =>
  backByDatabase(await openEmbeddingCache(join(folder, machine), maker), database, maker, log);

test("what one machine embedded another one loads, bit for bit", async () => {
  const texts = Array.from({ length: 1_200 }, (_, i) => `text ${i}`);
  await (await open("one")).add(
    texts,
    texts.map((_, i) => vector(i)),
  );
  const other = await open("two");
  expect(other.get("text 7")).toBeUndefined();
  expect(await other.load([...texts, "new", "text 0"])).toBe(1_200);
  expect(texts.map((text) => other.get(text))).toEqual(texts.map((_, i) => vector(i)));
  expect(other.get("new")).toBeUndefined();
  expect((await openEmbeddingCache(join(folder, "two"), "maker")).get("text 7")).toEqual(vector(7));
});

test("vectors of another embedder are not loaded", async () => {
  await (await open("one", "int8")).add(["a"], [vector(1)]);
  expect(await (await open("two", "fp32")).load(["a"])).toBe(0);
});

test("a database that is away costs a line, and nothing else", async () => {
  const lines: string[] = [];
  await database.close();
  database = openNodePostgres({ url: "postgres://nobody@127.0.0.1:1/none" });
  const cache = await open("one", "maker", (line) => lines.push(line));
  expect(await cache.load(["a"])).toBe(0);
  await cache.add(["a"], [vector(1)]);
  expect(cache.get("a")).toEqual(vector(1));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("Embeddings are cached on disk alone: the database is away");
});
