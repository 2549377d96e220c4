import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";

/** Deletes a document with its chunks and vectors. False where there is none with this id. Throws DatabaseUnavailableError. */
export async function deleteDocument(database: Database, id: string): Promise<boolean> {
  const [row] = await database.rows(sql`select delete_document(${id}::uuid) as deleted`);
  return row?.deleted === true;
}
