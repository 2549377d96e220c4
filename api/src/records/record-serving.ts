import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { z } from "zod";

export type ServedBundle = {
  readonly bundleHash: string;
  readonly modelVersion: string;
  /** True where somebody told this process to serve this bundle now (a reload): then no other may be meant. */
  readonly wasAsked?: boolean;
};

const rowSchema = z.object({ outcome: z.enum(["serving", "another", "lost"]) });

/** Each try loses only to another process that won in the same moment. */
const maxAttempts = 10;

/** So long one bundle alone must have answered before it is believed to be the one that serves. */
const settledMinutes = 10;

/**
 * Records in model_deployments that this bundle serves from now on, and that the one before it no longer does; resolves with whether this one is
 * the recorded one. Nothing changes where it is already. During a rollout two bundles serve, and a process of the old one may start late: so a
 * bundle that served before, and was followed by another, takes the place back only where
 *
 *   - somebody asked for it (a reload), or
 *   - the other one is quarantined, which is what a rollback does, or
 *   - for ten minutes it alone has answered.
 *
 * However many processes do this at once, one row is the serving one. Throws DatabaseUnavailableError.
 */
export function recordServing(database: Database): (bundle: ServedBundle) => Promise<boolean> {
  return async (bundle) => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const [row] = await database.rows(takeOver(newId(), bundle), { isRead: true });
      const { outcome } = rowSchema.parse(row);
      if (outcome !== "lost") return outcome === "serving";
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
function takeOver(id: string, { bundleHash, modelVersion, wasAsked = false }: ServedBundle) {
  const settled = sql`now() - make_interval(mins => ${settledMinutes}::int)`;
  const answered = (version: unknown) =>
    sql`exists (select from prediction_logs where created_at > ${settled} and model_version = ${version})`;
  return sql`with same as (
      select id from model_deployments where serving and bundle_hash = ${bundleHash}
    ), other as (
      select bundle_hash, model_version, started_at from model_deployments where serving and bundle_hash <> ${bundleHash}
    ), turn as (
      select ${wasAsked}::boolean
        or not exists (select from other)
        or not exists (select from model_deployments where bundle_hash = ${bundleHash})
        or exists (select from other join quarantined_bundles q on q.bundle_hash = other.bundle_hash)
        or exists (select from other where started_at < ${settled}
          and ${answered(sql`${modelVersion}::text`)} and not ${answered(sql`other.model_version`)}) as has_come
    ), ended as (
      update model_deployments set serving = false, ended_at = now()
      where serving and bundle_hash <> ${bundleHash} and (select has_come from turn) returning id
    ), started as (
      insert into model_deployments (id, bundle_hash, model_version, serving)
      select ${id}::uuid, ${bundleHash}, ${modelVersion}, true
      where (select count(*) from ended) >= 0 and (select has_come from turn) and not exists (select from same)
      on conflict (serving) where serving do nothing returning id
    )
    select case when exists (select from same) or exists (select from started) then 'serving'
      when (select has_come from turn) then 'lost' else 'another' end as outcome`;
}
