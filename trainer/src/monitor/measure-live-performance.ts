import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { LivePerformance, LiveQueue } from "../drift-report/live-performance.ts";

const pairSchema = z.object({
  source: z.enum(["blind", "feedback"]),
  predicted: z.string(),
  labelled: z.string(),
  count: z.number().int(),
});

type Pair = z.infer<typeof pairSchema>;

const dayMs = 86_400_000;

/**
 * Precision and recall of every queue by trusted labels that had been given at `at` (milliseconds since 1970), on the model's predictions of
 * `performanceDays` that were older than the label lag then. Blind labels are a fair sample; corrections come from people who saw that
 * something was wrong, so by them a model looks worse than it is. Throws DatabaseUnavailableError.
 */
export async function measureLivePerformance(
  database: Database,
  modelVersion: string,
  at: number,
  { lagDays, performanceDays }: { readonly lagDays: number; readonly performanceDays: number },
): Promise<LivePerformance> {
  const [since, until] = [at - performanceDays * dayMs, at - lagDays * dayMs];
  const time = (moment: number) => sql`${new Date(moment).toISOString()}::timestamptz`;
  const [row] = await database.rows(
    sql`select coalesce(jsonb_agg(to_jsonb(pair) order by source, predicted, labelled), '[]') as pairs from (
        select source, predicted_queue as predicted, queue as labelled, count(*) as count from trusted_labels
        where model_version = ${modelVersion} and queue is not null and created_at < ${time(at)}
          and predicted_at >= ${time(since)} and predicted_at < ${time(until)}
        group by source, predicted_queue, queue) as pair`,
    { isRead: true, deadlineMs: 60_000 },
  );
  const pairs = z.array(pairSchema).parse(row?.pairs);
  const of = (source: Pair["source"]) => judge(pairs.filter((pair) => pair.source === source));
  return { since, until, blind: of("blind"), feedback: of("feedback") };
}

function judge(pairs: readonly Pair[]): LivePerformance["blind"] {
  const total = (isMeant: (pair: Pair) => boolean) =>
    pairs.filter(isMeant).reduce((sum, { count }) => sum + count, 0);
  const names = [...new Set(pairs.flatMap(({ predicted, labelled }) => [predicted, labelled]))].sort();
  return {
    labels: total(() => true),
    right: total(({ predicted, labelled }) => predicted === labelled),
    queues: names.map(
      (queue): LiveQueue => ({
        queue,
        predicted: total(({ predicted }) => predicted === queue),
        labelled: total(({ labelled }) => labelled === queue),
        hits: total(({ predicted, labelled }) => predicted === queue && labelled === queue),
      }),
    ),
  };
}
