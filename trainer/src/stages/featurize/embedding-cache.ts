import { createHash } from "node:crypto";
import { mkdir, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { embeddingDimensions } from "@support-it-agent/shared/embedder/embedder";

/** Vectors that were made before, so that a run embeds only the texts that are new to it. */
export type EmbeddingCache = {
  get(text: string): Float32Array | undefined;
  /** Kept for later runs once the promise resolves. */
  add(texts: readonly string[], vectors: readonly Float32Array[]): Promise<void>;
};

const keyBytes = 32;
const vectorBytes = embeddingDimensions * 4;
const recordBytes = keyBytes + vectorBytes + 4;

/**
 * A cache in `folder`, one file for each embedder (by its maker), so that vectors of two embedders never mix. The file is
 * a row of records [SHA-256 of the text | 384 float32 | CRC-32], only ever appended to. What follows the last whole
 * record, after a kill or a full disk, is cut off when the file is opened.
 */
export async function openEmbeddingCache(folder: string, maker: string): Promise<EmbeddingCache> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${createHash("sha256").update(maker).digest("hex").slice(0, 16)}.bin`);
  const vectors = await readRecords(path);
  return {
    get: (text) => vectors.get(keyOf(text).toString("hex")),
    add: async (texts, added) => {
      const records = texts.map((text, index) => {
        const vector = added[index] ?? new Float32Array(embeddingDimensions);
        vectors.set(keyOf(text).toString("hex"), vector);
        return record(text, vector);
      });
      const file = await open(path, "a");
      try {
        await file.appendFile(Buffer.concat(records));
      } finally {
        await file.close();
      }
    },
  };
}

async function readRecords(path: string): Promise<Map<string, Float32Array>> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const vectors = new Map<string, Float32Array>();
  let offset = 0;
  for (; offset + recordBytes <= bytes.length; offset += recordBytes) {
    const body = bytes.subarray(offset, offset + keyBytes + vectorBytes);
    if (crc32(body) !== bytes.readUInt32LE(offset + keyBytes + vectorBytes)) break;
    const vector = Float32Array.from({ length: embeddingDimensions }, (_, i) =>
      body.readFloatLE(keyBytes + i * 4),
    );
    vectors.set(body.toString("hex", 0, keyBytes), vector);
  }
  if (offset < bytes.length) await truncate(path, offset);
  return vectors;
}

function record(text: string, vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(recordBytes);
  keyOf(text).copy(bytes);
  vector.forEach((value, i) => void bytes.writeFloatLE(value, keyBytes + i * 4));
  bytes.writeUInt32LE(crc32(bytes.subarray(0, keyBytes + vectorBytes)), keyBytes + vectorBytes);
  return bytes;
}

function keyOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
