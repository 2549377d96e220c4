import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";

const taskSchema = z.object({
  predictionId: z.string(),
  text: z.string(),
  language: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});

/** A text to label. Nothing in it says what was predicted. Times are ISO 8601 in UTC. */
export type LabelTask = z.infer<typeof taskSchema>;

export type LabelSliceOptions = {
  /** Which share (0..1) of the predictions is labelled blind. */
  readonly share: number;
};

const rowSchema = z.object({ task: taskSchema.nullable(), is_contested: z.boolean() });

/** An agent keeps a text for this long; then another one gets it. */
const holdMinutes = 30;

/** Older predictions say little of the model that serves. */
const windowDays = 30;

/** Each try loses only to another agent who took the same text in the same moment. */
const maxAttempts = 20;

/**
 * Hands the oldest unlabelled prediction of the blind slice to an agent, for half an hour; the one that they hold already, where there is
 * one. Null where nothing is left. The slice is drawn by the id alone, so that it is a fair sample of what is asked: what the model
 * was sure of and what people complained of have no more chance than the rest. Throws DatabaseUnavailableError.
 */
export function takeNextLabel(
  database: Database,
  { share }: LabelSliceOptions,
): (author: string) => Promise<LabelTask | null> {
  return async (author) => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const [row] = await database.rows(take(author, share), { isRead: true });
      const { task, is_contested: isContested } = rowSchema.parse(row);
      if (task || !isContested) return task;
    }
    return null;
  };
}

/** `contested`: there was a text, and somebody else took it between this statement's beginning and its insert. */
function take(author: string, share: number) {
  return sql`with held as (
      select a.prediction_id, a.expires_at from label_assignments a
      where a.author = ${author} and a.expires_at > now()
        and not exists (select from blind_labels b where b.prediction_id = a.prediction_id)
      order by a.expires_at limit 1
    ), candidate as (
      select p.id from prediction_logs p
      where p.created_at > now() - make_interval(days => ${windowDays}::int) and label_slice(p.id) < ${share}::float8
        and not exists (select from held)
        and not exists (select from blind_labels b where b.prediction_id = p.id)
        and not exists (select from label_assignments a where a.prediction_id = p.id and a.expires_at > now())
      order by p.created_at, p.id limit 1
    ), taken as (
      insert into label_assignments (prediction_id, author, expires_at)
      select id, ${author}, now() + make_interval(mins => ${holdMinutes}::int) from candidate
      on conflict (prediction_id) do update set author = excluded.author, expires_at = excluded.expires_at
      where label_assignments.expires_at <= now()
      returning prediction_id, expires_at
    ), task as (
      select * from held union all select * from taken
    )
    select (
        select jsonb_build_object('predictionId', p.id, 'text', p.text, 'language', p.language,
          'createdAt', ${isoTime("p.created_at")}, 'expiresAt', ${isoTime("t.expires_at")})
        from task t join prediction_logs p on p.id = t.prediction_id
      ) as task, exists (select from candidate) as is_contested`;
}
