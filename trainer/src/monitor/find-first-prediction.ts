import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

/**
 * When a model version first predicted from `after` on (null: ever), in milliseconds since 1970; null where it did not. Throws DatabaseUnavailableError.
 */
export async function findFirstPrediction(
  database: Database,
  modelVersion: string,
  after: number | null,
): Promise<number | null> {
  const from = after === null ? "-infinity" : new Date(after).toISOString();
  const [row] = await database.rows(
    sql`select floor(extract(epoch from min(created_at)) * 1000)::bigint::text as at from prediction_logs
      where model_version = ${modelVersion} and created_at >= ${from}::timestamptz`,
    { isRead: true, deadlineMs: 60_000 },
  );
  const at = z.string().nullable().parse(row?.at);
  return at === null ? null : Number(at);
}
