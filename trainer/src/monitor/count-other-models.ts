import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

/** Predictions of other models in a span of time (milliseconds since 1970), which the monitor leaves out. Throws DatabaseUnavailableError. */
export async function countOtherModels(
  database: Database,
  modelVersion: string,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<number> {
  const [row] = await database.rows(
    sql`select count(*)::int as rows from prediction_logs where model_version <> ${modelVersion}
      and created_at >= ${new Date(start).toISOString()}::timestamptz and created_at < ${new Date(end).toISOString()}::timestamptz`,
    { isRead: true, deadlineMs: 60_000 },
  );
  return z.number().parse(row?.rows);
}
