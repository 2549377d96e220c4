import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { type StoredDocument, storedDocumentSchema } from "./stored-document.ts";
import { storedDocumentColumns } from "./stored-document-columns.ts";

export type DocumentWithContent = StoredDocument & { readonly content: string };

/** A document with its text; null where there is none with this id. Throws DatabaseUnavailableError. */
export async function getDocument(database: Database, id: string): Promise<DocumentWithContent | null> {
  const [row] = await database.rows(
    sql`select ${storedDocumentColumns}, d.content from documents d where d.id = ${id}::uuid`,
    { isRead: true },
  );
  if (!row) return null;
  const { content } = z.object({ content: z.string() }).parse(row);
  return { ...storedDocumentSchema.parse(row), content };
}
