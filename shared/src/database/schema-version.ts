import { sql } from "drizzle-orm";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "./database.ts";

/** When the newest migration of this version was made, in ms since 1970. */
export const requiredSchemaVersion = Math.max(...journal.entries.map((entry) => entry.when));

/**
 * When the newest applied migration was made; 0 for a database without a schema. At least `requiredSchemaVersion` means
 * that this version can work on it (a newer schema stays readable for the version before it).
 */
export async function appliedSchemaVersion(database: Database): Promise<number> {
  const table = await database.rows(sql`select to_regclass('schema_migrations')::text as name`, {
    isRead: true,
  });
  if (!table[0]?.name) return 0;
  const newest = await database.rows(sql`select max(made_at)::text as made_at from schema_migrations`, {
    isRead: true,
  });
  return Number(newest[0]?.made_at ?? 0);
}
