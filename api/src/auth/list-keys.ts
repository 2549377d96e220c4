import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { type StoredKey, storedKeyJson, storedKeySchema } from "./stored-key.ts";

/** Every key that was ever made, newest first. Throws DatabaseUnavailableError. */
export async function listKeys(database: Database): Promise<StoredKey[]> {
  const rows = await database.rows(
    sql`select ${storedKeyJson} as key from api_keys order by created_at desc, id desc limit 10000`,
    { isRead: true },
  );
  return rows.map(({ key }) => storedKeySchema.parse(key));
}
