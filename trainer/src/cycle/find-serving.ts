import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../database/iso-time.ts";

const servingSchema = z.object({
  bundleHash: z.string(),
  modelVersion: z.string(),
  since: z.iso.datetime(),
});

/** The bundle that the API serves, as it wrote itself. */
export type Serving = z.infer<typeof servingSchema>;

/** What serves now, by model_deployments; null where no API has written that yet. Throws DatabaseUnavailableError. */
export async function findServing(database: Database): Promise<Serving | null> {
  const [row] = await database.rows(
    sql`select jsonb_build_object('bundleHash', bundle_hash, 'modelVersion', model_version, 'since', ${isoTime("started_at")}) as serving
      from model_deployments where serving`,
    { isRead: true },
  );
  return row ? servingSchema.parse(row.serving) : null;
}
