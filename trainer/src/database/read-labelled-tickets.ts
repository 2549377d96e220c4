import type { Database } from "@support-it-agent/shared/database/database";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { LabelledText } from "../stages/snapshot/read-labelled-texts.ts";
import { isoTime } from "./iso-time.ts";

const pageRows = 2_000;

const rowSchema = z.object({
  source: z.string(),
  external_id: z.string(),
  subject: z.string(),
  body: z.string(),
  queue: z.string().min(1).nullable(),
  urgency: urgencySchema.nullable(),
  language: z.string(),
  occurred_at: z.string().nullable(),
});

/**
 * Every ticket with a queue or an urgency, by source and external id, a page at a time. Its id is `ticket:SOURCE:EXTERNAL_ID`, the
 * same in whatever database it stands. Throws DatabaseUnavailableError.
 */
export async function readLabelledTickets(database: Database): Promise<LabelledText[]> {
  const rows: LabelledText[] = [];
  for (let source = "", externalId = ""; ; ) {
    const page = await database.rows(
      sql`select source, external_id, subject, body, nullif(trim(queue), '') as queue, urgency, language,
          ${isoTime("occurred_at")} as occurred_at
        from tickets
        where (nullif(trim(queue), '') is not null or urgency is not null)
          and (source, external_id) > (${source}::text, ${externalId}::text)
        order by source, external_id limit ${pageRows}`,
      { isRead: true, deadlineMs: 60_000 },
    );
    for (const row of page) {
      const ticket = rowSchema.parse(row);
      ({ source, external_id: externalId } = ticket);
      rows.push({
        id: `ticket:${source}:${externalId}`,
        subject: ticket.subject,
        body: ticket.body,
        language: ticket.language,
        source,
        createdAt: ticket.occurred_at,
        labels: { inScope: true, queue: ticket.queue, urgency: ticket.urgency },
      });
    }
    if (page.length < pageRows) return rows;
  }
}
