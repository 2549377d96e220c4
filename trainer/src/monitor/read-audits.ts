import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { AuditedPrediction } from "../drift/windows/audited-prediction.ts";
import type { LogSource } from "./read-logged-rows.ts";

const rowSchema = z.object({
  at: z.string(),
  predicted: z.string(),
  queue: z.string(),
  probabilities: z.record(z.string(), z.number()),
});

/**
 * The predictions of a model whose audit became ripe from `after` to before `until` (milliseconds since 1970; null: from the beginning), in order of
 * ripening. An audit is the first blind label of a prediction; it is ripe once it was given and its prediction is `lagDays` old. That
 * moment never moves, so consecutive ranges count every audit once, however late its label came. A label that is not trusted at the time of
 * reading does not count. Throws DatabaseUnavailableError.
 */
export async function readAudits(
  database: Database,
  { modelVersion, schema }: Pick<LogSource, "modelVersion" | "schema">,
  range: { readonly after: number | null; readonly until: number; readonly lagDays: number },
): Promise<AuditedPrediction[]> {
  const after = range.after === null ? "-infinity" : new Date(range.after).toISOString();
  const rows = await database.rows(
    sql`with audit as (
        select l.prediction_id, max(l.predicted_queue) as predicted, max(l.queue) filter (where l.status = 'trusted') as queue,
          greatest(min(l.created_at), max(p.created_at) + make_interval(secs => ${range.lagDays * 86_400}::float8)) as ripe_at
        from judged_labels l join prediction_logs p on p.id = l.prediction_id
        where l.source = 'blind' and l.model_version = ${modelVersion}
        group by l.prediction_id
      )
      select floor(extract(epoch from ripe_at) * 1000)::bigint::text as at, predicted, queue, p.queue_probabilities as probabilities
      from audit join prediction_logs p on p.id = prediction_id
      where queue is not null and ripe_at >= ${after}::timestamptz and ripe_at < ${new Date(range.until).toISOString()}::timestamptz
      order by ripe_at, prediction_id`,
    { isRead: true, deadlineMs: 60_000 },
  );
  return rows.map((raw) => {
    const { at, predicted, queue: label, probabilities } = rowSchema.parse(raw);
    return {
      at: Number(at),
      queue: predicted,
      label,
      isWrong: predicted !== label,
      queueProbabilities: schema.queues.map((queue) => probabilities[queue] ?? 0),
    };
  });
}
