import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { JudgedRow } from "./measure-estimated-f1.ts";

const countSchema = z.int().nonnegative();

const daySchema = z.object({
  predictions: countSchema,
  /** Old enough to have been corrected, and of these the corrected ones. */
  judged: countSchema,
  overridden: countSchema,
  /** Questions that the model alone sent to a person, or did not. */
  asked: countSchema,
  handedOff: countSchema,
  /** Labelled without seeing the prediction, and of these the wrong ones. */
  blind: countSchema,
  blindErrors: countSchema,
});

export type LiveDay = z.infer<typeof daySchema>;

const sideSchema = z.object({
  days: z.array(daySchema),
  rows: z.array(
    z.object({ day: z.string(), queue: z.string(), probabilities: z.record(z.string(), z.number()) }),
  ),
});

const workSchema = z.object({ hours: z.number(), old: sideSchema, new: sideSchema });

/** What a model did on live traffic: day by day, and its newest predictions. */
export type LiveWork = { readonly days: readonly LiveDay[]; readonly rows: readonly JudgedRow[] };

export type LiveWindow = {
  readonly oldVersion: string;
  readonly newVersion: string;
  /** When the new model began to serve (ISO 8601). */
  readonly since: string;
  readonly referenceDays: number;
  readonly labelAgeHours: number;
};

/** More probabilities would not make the estimated F1 surer than it needs to be. */
const mostRows = 5_000;

/**
 * The work of the new model since it serves, and of the old one in its window before that. A correction counts where it is trusted and came within
 * `labelAgeHours`, of predictions that are older than that: so both sides had the same time to be corrected. Hand-offs that are not the model's doing
 * (the person asked for one, the language model was away) and their questions are left out. `hours` is how long the new one serves, by the
 * database's clock. Throws DatabaseUnavailableError.
 */
export async function readLiveWork(
  database: Database,
  window: LiveWindow,
): Promise<{ hours: number; old: LiveWork; new: LiveWork }> {
  const { oldVersion, newVersion, since, referenceDays, labelAgeHours } = window;
  const age = sql`make_interval(secs => ${labelAgeHours * 3_600}::float8)`;
  const [row] = await database.rows(
    sql`with side (name, version, starts_at, ends_at) as (
        values ('old', ${oldVersion}::text, ${since}::timestamptz - make_interval(days => ${referenceDays}::int), ${since}::timestamptz),
          ('new', ${newVersion}::text, ${since}::timestamptz, now())
      ), prediction as materialized (
        select side.name as side, p.id, (p.created_at at time zone 'utc')::date as day, p.created_at, p.action,
          p.predicted_queue, p.queue_probabilities, p.created_at < now() - ${age} as is_judged,
          p.action <> 'classify' and coalesce(p.hand_off_reason, '') not in ('user_request', 'generation_unavailable') as is_asked
        from side join prediction_logs p
          on p.model_version = side.version and p.created_at >= side.starts_at and p.created_at < side.ends_at
      ), correction as materialized (
        select prediction_id, min(created_at) as said_at from judged_labels
        where status = 'trusted' and source = 'feedback' and queue is not null and queue <> predicted_queue
        group by prediction_id
      ), blind as materialized (
        select prediction_id, queue <> predicted_queue as is_wrong from trusted_labels
        where source = 'blind' and queue is not null
      ), day as (
        select p.side, p.day, jsonb_build_object('predictions', count(*), 'judged', count(*) filter (where p.is_judged),
          'overridden', count(*) filter (where p.is_judged and c.said_at <= p.created_at + ${age}),
          'asked', count(*) filter (where p.is_asked),
          'handedOff', count(*) filter (where p.is_asked and p.action = 'hand_off'),
          'blind', count(b.prediction_id), 'blindErrors', count(*) filter (where b.is_wrong)) as counts
        from prediction p left join correction c on c.prediction_id = p.id left join blind b on b.prediction_id = p.id
        group by p.side, p.day
      ), newest as (
        select side, day, predicted_queue, queue_probabilities,
          row_number() over (partition by side order by created_at desc, id desc) as place from prediction
      )
      select jsonb_build_object('hours', extract(epoch from now() - ${since}::timestamptz)::float8 / 3600) || (
        select jsonb_object_agg(name, jsonb_build_object(
          'days', coalesce((select jsonb_agg(counts order by day.day) from day where day.side = side.name), '[]'),
          'rows', coalesce((select jsonb_agg(jsonb_build_object('day', newest.day, 'queue', predicted_queue,
            'probabilities', queue_probabilities)) from newest where newest.side = side.name and place <= ${mostRows}::int), '[]')))
        from side) as work`,
    { isRead: true, deadlineMs: 60_000 },
  );
  return workSchema.parse(row?.work);
}
