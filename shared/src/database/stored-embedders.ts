import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "./database.ts";

const rowSchema = z.object({ embedder: z.string() });

/**
 * The makers whose vectors occur in rag_docs, by name. Each is one step along the index on the column, so that asking
 * costs the same for a hundred chunks and for a million. Throws DatabaseUnavailableError.
 */
export async function storedEmbedders(database: Database): Promise<string[]> {
  const rows = await database.rows(
    sql`with recursive maker as (
        (select embedder from rag_docs order by embedder limit 1)
        union all
        select (select r.embedder from rag_docs r where r.embedder > maker.embedder order by r.embedder limit 1)
        from maker where maker.embedder is not null
      )
      select embedder from maker where embedder is not null`,
    { isRead: true },
  );
  return rows.map((row) => rowSchema.parse(row).embedder);
}
