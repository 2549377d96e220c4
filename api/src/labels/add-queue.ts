import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";

/**
 * Makes a queue known, so that labels may name it before any model has it, and says so in the audit log. False where it was known
 * before. One statement. Throws DatabaseUnavailableError.
 */
export async function addQueue(database: Database, name: string, actor: string): Promise<boolean> {
  const rows = await database.rows(
    sql`with inserted as (
        insert into known_queues (name, source) values (${name}, 'admin') on conflict (name) do nothing returning name
      ), audited as (
        insert into audit_log (actor, action, subject) select ${actor}, 'queue.added', name from inserted
      )
      select name from inserted`,
  );
  return rows.length > 0;
}
