import { sql } from "drizzle-orm";

/** The columns of storedDocumentSchema, from documents d. Times leave as ISO 8601 text, the same from every driver. */
export const storedDocumentColumns = sql`d.id, d.external_id, d.title, d.url, d.language, d.queue, d.media_type, d.metadata,
  (select count(*)::int from rag_docs c where c.document_id = d.id) as chunk_count,
  to_char(d.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(d.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at`;
