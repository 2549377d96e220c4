import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { type StoredKey, storedKeyJson, storedKeySchema } from "./stored-key.ts";

export type Revocation = {
  readonly prefix: string;
  /** True where labels of this key are not to be believed either. */
  readonly distrustsLabels: boolean;
};

/**
 * Ends a key and says so in the audit log, in one statement. A key that is revoked already stays revoked since then, and its labels can
 * still be distrusted. Null where no key has the prefix. Throws DatabaseUnavailableError.
 */
export async function revokeKey(
  database: Database,
  { prefix, distrustsLabels }: Revocation,
  actor: string,
): Promise<StoredKey | null> {
  const detail = JSON.stringify({ labels_distrusted: distrustsLabels });
  const [row] = await database.rows(
    sql`with revoked as (
        update api_keys set revoked_at = coalesce(revoked_at, now()),
          labels_distrusted = labels_distrusted or ${distrustsLabels}::boolean
        where prefix = ${prefix} returning *
      ), audited as (
        insert into audit_log (actor, action, subject, detail)
        select ${actor}, 'key.revoked', prefix, ${detail}::jsonb from revoked
      )
      select ${storedKeyJson} as key from revoked`,
    { isRead: true },
  );
  return row ? storedKeySchema.parse(row.key) : null;
}
