import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

const rowSchema = z.object({ wrong: z.boolean() });

/**
 * Whether the model named the wrong queue, for each prediction whose audit became ripe from `after` to before `until` (milliseconds since 1970;
 * null: from the beginning), in order of ripening. An audit is the first blind label of a prediction; it is ripe once it was given and its prediction
 * is `lagDays` old. That moment never moves, so consecutive ranges count every audit once, however late its label came. A label that
 * is not trusted at the time of reading does not count. Throws DatabaseUnavailableError.
 */
export async function readAudits(
  database: Database,
  modelVersion: string,
  range: { readonly after: number | null; readonly until: number; readonly lagDays: number },
): Promise<boolean[]> {
  const after = range.after === null ? "-infinity" : new Date(range.after).toISOString();
  const rows = await database.rows(
    sql`with audit as (
        select l.prediction_id, max(l.predicted_queue) as predicted, max(l.queue) filter (where l.status = 'trusted') as queue,
          greatest(min(l.created_at), max(p.created_at) + make_interval(secs => ${range.lagDays * 86_400}::float8)) as ripe_at
        from judged_labels l join prediction_logs p on p.id = l.prediction_id
        where l.source = 'blind' and l.model_version = ${modelVersion}
        group by l.prediction_id
      )
      select queue <> predicted as wrong from audit
      where queue is not null and ripe_at >= ${after}::timestamptz and ripe_at < ${new Date(range.until).toISOString()}::timestamptz
      order by ripe_at, prediction_id`,
    { isRead: true, deadlineMs: 60_000 },
  );
  return rows.map((row) => rowSchema.parse(row).wrong);
}
