import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";
import { type Page, type PageRequest, pageOf } from "./page-of.ts";

const deploymentSchema = z.object({
  id: z.string(),
  modelVersion: z.string(),
  bundleHash: z.string(),
  serving: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});

/** A time that a bundle served. The one that serves now has no end. */
export type Deployment = z.infer<typeof deploymentSchema>;

/** What served when, newest first. Throws DatabaseUnavailableError. */
export function listDeployments(database: Database): (page: PageRequest) => Promise<Page<Deployment>> {
  return async ({ limit, cursor }) => {
    const rows = await database.rows(
      sql`select jsonb_build_object('id', id, 'modelVersion', model_version, 'bundleHash', bundle_hash, 'serving', serving,
          'startedAt', ${isoTime("started_at")}, 'endedAt', ${isoTime("ended_at")}) as deployment
        from model_deployments
        where ${cursor ?? null}::uuid is null
          or (started_at, id) < (select started_at, id from model_deployments where id = ${cursor ?? null}::uuid)
        order by started_at desc, id desc limit ${limit + 1}::int`,
      { isRead: true },
    );
    return pageOf(
      rows.map(({ deployment }) => deploymentSchema.parse(deployment)),
      limit,
    );
  };
}
