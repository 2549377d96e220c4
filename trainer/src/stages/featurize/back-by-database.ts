import { createHash } from "node:crypto";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { EmbeddingCache } from "./embedding-cache.ts";

/** Vectors of one statement: some 3 MB as text. */
const batchVectors = 500;
const deadlineMs = 60_000;

const rowSchema = z.object({ text_hash: z.string(), embedding: z.string() });

/**
 * A cache on disk with the table ticket_embeddings behind it: machines that train on one database embed a text once. `load` brings the
 * vectors that the table has onto the disk; what is added goes to both, bit for bit. A database that goes away is said once
 * and done without: the numbers do not depend on it.
 */
export function backByDatabase(
  disk: EmbeddingCache,
  database: Database,
  maker: string,
  log: (line: string) => void,
): EmbeddingCache & { load(texts: readonly string[]): Promise<number> } {
  let isAway = false;
  const orWithout = async (work: () => Promise<void>) => {
    if (isAway) return;
    await work().catch((error: unknown) => {
      isAway = true;
      log(`Embeddings are cached on disk alone: ${error instanceof Error ? error.message : error}`);
    });
  };
  return {
    get: disk.get,
    load: async (texts) => {
      const missing = [...new Set(texts.filter((text) => disk.get(text) === undefined))];
      let loaded = 0;
      for (let start = 0; start < missing.length && !isAway; start += batchVectors) {
        await orWithout(async () => {
          const found = await findVectors(database, maker, missing.slice(start, start + batchVectors));
          await disk.add([...found.keys()], [...found.values()]);
          loaded += found.size;
        });
      }
      return loaded;
    },
    add: async (texts, vectors) => {
      await disk.add(texts, vectors);
      for (let start = 0; start < texts.length; start += batchVectors) {
        const end = start + batchVectors;
        await orWithout(() =>
          putVectors(database, maker, texts.slice(start, end), vectors.slice(start, end)),
        );
      }
    },
  };
}

async function findVectors(
  database: Database,
  maker: string,
  texts: readonly string[],
): Promise<Map<string, Float32Array>> {
  const byHash = new Map(texts.map((text) => [hashOf(text), text]));
  const rows = await database.rows(
    sql`select text_hash, embedding::text as embedding from ticket_embeddings
      where embedder = ${maker}
        and text_hash in (select jsonb_array_elements_text(${JSON.stringify([...byHash.keys()])}::jsonb))`,
    { isRead: true, deadlineMs },
  );
  return new Map(
    rows.map((row) => {
      const { text_hash, embedding } = rowSchema.parse(row);
      // pgvector writes the shortest decimal that names the float32, so reading it gives the same bits.
      return [byHash.get(text_hash) ?? "", Float32Array.from(embedding.slice(1, -1).split(","), Number)];
    }),
  );
}

async function putVectors(
  database: Database,
  maker: string,
  texts: readonly string[],
  vectors: readonly Float32Array[],
): Promise<void> {
  const rows = texts.map((text, index) => ({
    text_hash: hashOf(text),
    embedding: `[${(vectors[index] ?? new Float32Array()).join(",")}]`,
  }));
  await database.rows(
    sql`insert into ticket_embeddings (text_hash, embedder, embedding)
      select text_hash, ${maker}, embedding::vector
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(text_hash text, embedding text)
      on conflict (text_hash, embedder) do nothing`,
    { isRead: true, deadlineMs },
  );
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
