import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";

export type LabelVerdict = "accepted" | "rejected";

/**
 * Records what an admin decides of a label: taken out of quarantine, or never to be used; and says so in the audit log. The newest
 * verdict counts. False where there is no such label. One statement. Throws DatabaseUnavailableError.
 */
export async function decideLabel(
  database: Database,
  { labelId, verdict }: { labelId: string; verdict: LabelVerdict },
  actor: string,
): Promise<boolean> {
  const rows = await database.rows(
    sql`with label as (
        select id from label_statements where id = ${labelId}::uuid
      ), inserted as (
        insert into label_verdicts (id, label_id, verdict, actor)
        select ${newId()}::uuid, id, ${verdict}, ${actor} from label on conflict (id) do nothing
      ), audited as (
        insert into audit_log (actor, action, subject)
        select ${actor}, ${`label.${verdict}`}, id::text from label
      )
      select id from label`,
    { isRead: true },
  );
  return rows.length > 0;
}
