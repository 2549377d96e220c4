import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

const rowSchema = z.object({ name: z.string() });

/**
 * The queues that a correction may name: those of the serving model in its order, then those that an admin or an import
 * made known, by name. Throws DatabaseUnavailableError.
 */
export function knownQueues(database: Database, servingQueues: readonly string[]): () => Promise<string[]> {
  return async () => {
    const rows = await database.rows(sql`select name from known_queues order by name`, { isRead: true });
    return [...new Set([...servingQueues, ...rows.map((row) => rowSchema.parse(row).name)])];
  };
}
