import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

/** Up to here, reading every vector is as quick as an index, and exact (docs/retrieval.md). */
export const exactSearchMaxChunks = 5_000;

/** A build of 100,000 vectors takes about two minutes on two cores. */
const buildDeadlineMs = 900_000;

/**
 * Makes the HNSW index over a kind's vectors once it has enough chunks to warrant one; does nothing before, and nothing
 * again. Of several processes that see the need at once, one builds. Returns whether this call built it.
 */
export async function ensureVectorIndex(
  database: Database,
  kind: "article" | "ticket",
  minChunks: number = exactSearchMaxChunks,
): Promise<boolean> {
  const [row] = await database.rows(
    sql`select coalesce(sum(chunk_count), 0)::int as chunk_count, to_regclass(${indexName(kind)}) is not null as is_built
      from chunk_counts where kind = ${kind}`,
    { isRead: true },
  );
  const { chunk_count, is_built } = stateSchema.parse(row);
  if (is_built || chunk_count <= minChunks) return false;
  await database.rows(sql`select build_vector_index(${kind})`, { deadlineMs: buildDeadlineMs });
  return true;
}

const indexName = (kind: "article" | "ticket") => `rag_docs_embedding_${kind}`;

const stateSchema = z.object({ chunk_count: z.number(), is_built: z.boolean() });
