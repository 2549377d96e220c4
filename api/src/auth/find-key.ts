import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Scope, scopes } from "./scopes.ts";

const rowSchema = z.object({
  id: z.string(),
  scopes: z.array(z.string()).transform((all) => scopes.filter((scope) => all.includes(scope))),
  expires_at_ms: z.coerce.number().nullable(),
  is_revoked: z.boolean(),
});

export type FoundKey = {
  readonly id: string;
  /** A scope that this version does not know is left out. */
  readonly scopes: readonly Scope[];
  /** When it ends, in ms since 1970; null for never. */
  readonly expiresAtMs: number | null;
  readonly isRevoked: boolean;
};

/**
 * The key with this hash, revoked and expired ones included; null where there is none. It is found through the index on the hash: what
 * that takes tells nothing of other keys, since nobody can choose a hash. Throws DatabaseUnavailableError.
 */
export async function findKey(database: Database, hash: string): Promise<FoundKey | null> {
  const [found] = await database.rows(
    sql`select id::text, to_jsonb(scopes) as scopes, (extract(epoch from expires_at) * 1000)::float8 as expires_at_ms,
      revoked_at is not null as is_revoked
    from api_keys where key_hash = ${hash}`,
    { isRead: true, isPrepared: true, deadlineMs: 2_000 },
  );
  if (!found) return null;
  const row = rowSchema.parse(found);
  return {
    id: row.id,
    scopes: row.scopes,
    expiresAtMs: row.expires_at_ms,
    isRevoked: row.is_revoked,
  };
}
