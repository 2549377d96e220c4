import { createHash } from "node:crypto";
import { appendFile, open, readFile } from "node:fs/promises";
import { type Embedder, embeddingDimensions } from "../../shared/src/embedder/embedder.ts";

const hashBytes = 32;
const recordBytes = hashBytes + 4 * embeddingDimensions;

/**
 * An embedder that remembers in `file` (records of a text's SHA-256 and its vector, little-endian float32) what the one behind it
 * made, so that a knowledge base is embedded once and an interrupted run goes on where it stopped. One file, one maker.
 */
export async function createStoredEmbedder(embedder: Embedder, file: string): Promise<Embedder> {
  const known = await readRecords(file);
  return {
    maker: embedder.maker,
    embed: async (texts, options) => {
      const keys = texts.map((text) => createHash("sha256").update(text).digest());
      const missing = texts.flatMap((_, number) => (known.has(keyOf(keys[number])) ? [] : [number]));
      const made =
        missing.length === 0
          ? []
          : await embedder.embed(
              missing.map((number) => texts[number] ?? ""),
              options,
            );
      const records: Uint8Array[] = [];
      missing.forEach((number, index) => {
        const [key, vector] = [keys[number], made[index]];
        if (key === undefined || vector === undefined)
          throw new Error("the embedder gave fewer vectors than texts");
        known.set(keyOf(key), vector);
        records.push(key, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
      });
      if (records.length > 0) await appendFile(file, Buffer.concat(records));
      return keys.map((key) => known.get(keyOf(key)) ?? new Float32Array(embeddingDimensions));
    },
    close: () => embedder.close(),
  };
}

const keyOf = (hash: Buffer | undefined) => hash?.toString("base64") ?? "";

/** Whole records; the half of one that a killed run left is cut off, so that the next append stands in its place. */
async function readRecords(file: string): Promise<Map<string, Float32Array>> {
  const handle = await open(file, "a+");
  try {
    const { size } = await handle.stat();
    const whole = size - (size % recordBytes);
    if (whole !== size) await handle.truncate(whole);
  } finally {
    await handle.close();
  }
  const bytes = await readFile(file);
  const known = new Map<string, Float32Array>();
  for (let start = 0; start < bytes.length; start += recordBytes) {
    const vector = bytes.subarray(start + hashBytes, start + recordBytes);
    known.set(
      keyOf(bytes.subarray(start, start + hashBytes)),
      new Float32Array(Uint8Array.from(vector).buffer),
    );
  }
  return known;
}
