import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

/** Bars a bundle from being published again, and says why; the first reason stays. Throws DatabaseUnavailableError. */
export async function quarantineBundle(
  database: Database,
  bundle: { readonly hash: string; readonly version: string; readonly reason: string },
): Promise<void> {
  await database.rows(
    sql`insert into quarantined_bundles (bundle_hash, model_version, reason)
      values (${bundle.hash}, ${bundle.version}, ${bundle.reason}) on conflict (bundle_hash) do nothing`,
    { isRead: true },
  );
}

/** Lets a bundle be published again: a person has chosen it by its version. */
export async function liftQuarantine(database: Database, hash: string): Promise<void> {
  await database.rows(sql`delete from quarantined_bundles where bundle_hash = ${hash}`, { isRead: true });
}

/** Why a bundle is barred; null where it is not. Throws DatabaseUnavailableError. */
export async function quarantineReason(database: Database, hash: string): Promise<string | null> {
  const [row] = await database.rows(sql`select reason from quarantined_bundles where bundle_hash = ${hash}`, {
    isRead: true,
  });
  return row ? z.string().parse(row.reason) : null;
}

/** Hashes of the bundles that are barred. */
export async function quarantinedHashes(database: Database): Promise<Set<string>> {
  const rows = await database.rows(sql`select bundle_hash from quarantined_bundles`, { isRead: true });
  return new Set(
    z
      .array(z.object({ bundle_hash: z.string() }))
      .parse(rows)
      .map((row) => row.bundle_hash),
  );
}
