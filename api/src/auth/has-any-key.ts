import type { Database } from "@support-it-agent/shared/database/database";
import { StatementError } from "@support-it-agent/shared/database/statement-error";
import { sql } from "drizzle-orm";
import { z } from "zod";

const rowSchema = z.object({ has_key: z.boolean() });

/**
 * True once a key was ever made, revoked and expired ones included: taking the last key away must not open the door. A database
 * without a schema has none. Throws DatabaseUnavailableError.
 */
export async function hasAnyKey(database: Database): Promise<boolean> {
  try {
    const [row] = await database.rows(sql`select exists (select from api_keys) as has_key`, {
      isRead: true,
      deadlineMs: 2_000,
    });
    return rowSchema.parse(row).has_key;
  } catch (error) {
    if (error instanceof StatementError && error.sqlState === undefinedTable) return false;
    throw error;
  }
}

const undefinedTable = "42P01";
