import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { type StoredDocument, storedDocumentSchema } from "./stored-document.ts";
import { storedDocumentColumns } from "./stored-document-columns.ts";

export type DocumentPage = {
  readonly documents: readonly StoredDocument[];
  /** Give it back for the page after this one; null on the last. */
  readonly nextCursor: string | null;
};

/**
 * Documents by external id, a page at a time. The cursor is the last external id of the page before, so that writes between
 * two pages neither repeat nor skip a document. Throws DatabaseUnavailableError.
 */
export async function listDocuments(
  database: Database,
  { limit, cursor, language }: { limit: number; cursor?: string | undefined; language?: string | undefined },
): Promise<DocumentPage> {
  const rows = await database.rows(
    sql`select ${storedDocumentColumns} from documents d
      where d.external_id > ${cursor ?? ""} and (${language ?? null}::text is null or d.language = ${language ?? null})
      order by d.external_id limit ${limit + 1}`,
    { isRead: true },
  );
  const documents = rows.slice(0, limit).map((row) => storedDocumentSchema.parse(row));
  return { documents, nextCursor: rows.length > limit ? (documents.at(-1)?.externalId ?? null) : null };
}
