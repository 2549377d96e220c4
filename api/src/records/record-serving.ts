import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { z } from "zod";

export type ServedBundle = { readonly bundleHash: string; readonly modelVersion: string };

const rowSchema = z.object({ is_serving: z.boolean() });

/** Each try loses only to another process that won in the same moment. */
const maxAttempts = 10;

/**
 * Records in model_deployments that this bundle serves from now on, and that the one before it no longer does. Nothing
 * changes where it serves already. However many processes do this at once, one row is the serving one. Throws
 * DatabaseUnavailableError.
 */
export function recordServing(database: Database): (bundle: ServedBundle) => Promise<void> {
  return async (bundle) => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const [row] = await database.rows(takeOver(newId(), bundle), { isRead: true });
      if (rowSchema.parse(row).is_serving) return;
    }
    throw new Error(
      `model ${bundle.modelVersion} could not be recorded as serving: other processes record theirs at the same time`,
    );
  };
}

/**
 * The count of `ended` makes the update come before the insert, as the unique index on the serving row needs. A row that
 * another process wrote after this statement began is not seen here, only run into: then nothing is inserted.
 */
function takeOver(id: string, { bundleHash, modelVersion }: ServedBundle) {
  return sql`with same as (
      select id from model_deployments where serving and bundle_hash = ${bundleHash}
    ), ended as (
      update model_deployments set serving = false, ended_at = now()
      where serving and bundle_hash <> ${bundleHash} returning id
    ), started as (
      insert into model_deployments (id, bundle_hash, model_version, serving)
      select ${id}::uuid, ${bundleHash}, ${modelVersion}, true
      where (select count(*) from ended) >= 0 and not exists (select from same)
      on conflict (serving) where serving do nothing returning id
    )
    select exists (select from same) or exists (select from started) as is_serving`;
}
