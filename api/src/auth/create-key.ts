import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { type GeneratedKey, generateKey } from "./generate-key.ts";
import type { Scope } from "./scopes.ts";
import { type StoredKey, storedKeyJson, storedKeySchema } from "./stored-key.ts";

export type NewKey = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** After this the key no longer works; null for never. */
  readonly expiresAt: Date | null;
};

export type CreatedKey = StoredKey & {
  /** Told once, here: only its hash is stored. */
  readonly key: string;
};

/**
 * Makes a key and says so in the audit log, in one statement. `actor` is who asked for it. Safe to repeat after a lost connection.
 * Throws DatabaseUnavailableError.
 */
export async function createKey(database: Database, key: NewKey, actor: string): Promise<CreatedKey> {
  const generated = await generateKey();
  const [row] = await database.rows(insert(newId(), generated, key, actor), { isRead: true });
  return { ...storedKeySchema.parse(row?.key), key: generated.key };
}

function insert(
  id: string,
  { prefix, hash }: GeneratedKey,
  { name, scopes, expiresAt }: NewKey,
  actor: string,
) {
  const held = JSON.stringify([...new Set(scopes)]);
  const detail = JSON.stringify({ name, scopes, expires_at: expiresAt });
  return sql`with inserted as (
      insert into api_keys (id, name, prefix, key_hash, scopes, expires_at)
      values (${id}::uuid, ${name}, ${prefix}, ${hash}, array(select jsonb_array_elements_text(${held}::jsonb)),
        ${expiresAt?.toISOString() ?? null}::timestamptz)
      on conflict (id) do nothing returning *
    ), audited as (
      insert into audit_log (actor, action, subject, detail)
      select ${actor}, 'key.created', ${prefix}, ${detail}::jsonb from inserted
    )
    select ${storedKeyJson} as key from inserted
    union all select ${storedKeyJson} from api_keys where id = ${id}::uuid limit 1`;
}
