import type { Database } from "@support-it-agent/shared/database/database";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { LabelledText } from "../stages/snapshot/read-labelled-texts.ts";
import { isoTime } from "./iso-time.ts";

/** Whose corrections may train a model. */
const trustedRoles = ["agent", "admin"] as const;

const pageRows = 2_000;

const rowSchema = z.object({
  id: z.string(),
  text: z.string(),
  language: z.string(),
  created_at: z.string(),
  queues: z.array(z.string()),
  urgencies: z.array(urgencySchema),
});

export type TrustedFeedback = {
  readonly rows: readonly LabelledText[];
  /** Labels on which trusted people do not agree: neither side's is taken. */
  readonly contradicted: number;
};

/**
 * What agents and admins corrected: of each of them the newest queue and the newest urgency for a prediction, and of a prediction those
 * labels on which all of them agree. The text is the prediction's, redacted when it was logged; the time is when it was
 * asked. Throws DatabaseUnavailableError.
 */
export async function readTrustedFeedback(database: Database): Promise<TrustedFeedback> {
  const rows: LabelledText[] = [];
  let contradicted = 0;
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const page = await database.rows(pageAfter(after), { isRead: true, deadlineMs: 60_000 });
    for (const row of page) {
      const { id, text, language, created_at, queues, urgencies } = rowSchema.parse(row);
      after = id;
      contradicted += Number(queues.length > 1) + Number(urgencies.length > 1);
      const queue = onlyOne(queues);
      const urgency = onlyOne(urgencies);
      if (queue === null && urgency === null) continue;
      const labels = { inScope: true as const, queue, urgency };
      const common = { subject: "", body: text, language, createdAt: created_at };
      rows.push({ id: `feedback:${id}`, source: "feedback", ...common, labels });
    }
    if (page.length < pageRows) return { rows, contradicted };
  }
}

/** A person is a name and, where a client gives none, a role. */
function pageAfter(after: string) {
  return sql`with page as (
      select distinct prediction_id from feedback
      where prediction_id > ${after}::uuid and role in (${sql.join(
        trustedRoles.map((role) => sql`${role}`),
        sql`, `,
      )})
        and (correct_queue is not null or correct_urgency is not null)
      order by prediction_id limit ${pageRows}
    ), said as (
      select f.prediction_id, coalesce(f.author, 'role ' || f.role) as person,
        (array_agg(f.correct_queue order by f.created_at desc, f.id desc)
          filter (where f.correct_queue is not null))[1] as queue,
        (array_agg(f.correct_urgency order by f.created_at desc, f.id desc)
          filter (where f.correct_urgency is not null))[1] as urgency
      from feedback f join page using (prediction_id)
      where f.role in (${sql.join(
        trustedRoles.map((role) => sql`${role}`),
        sql`, `,
      )})
      group by 1, 2
    ), agreed as (
      select prediction_id,
        coalesce(jsonb_agg(distinct queue) filter (where queue is not null), '[]') as queues,
        coalesce(jsonb_agg(distinct urgency) filter (where urgency is not null), '[]') as urgencies
      from said group by 1
    )
    select p.id::text as id, p.text, p.language, ${isoTime("created_at")} as created_at, a.queues, a.urgencies
    from agreed a join prediction_logs p on p.id = a.prediction_id order by p.id`;
}

const onlyOne = <Label>(labels: readonly Label[]): Label | null =>
  labels.length === 1 ? (labels[0] ?? null) : null;
