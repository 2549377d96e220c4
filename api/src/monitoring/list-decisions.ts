import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";
import { type Page, type PageRequest, pageOf } from "./page-of.ts";

const decisionSchema = z.object({
  id: z.string(),
  reasonCode: z.string(),
  modelVersion: z.string().nullable(),
  driftReportId: z.string().nullable(),
  decision: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
});

/** What a training cycle decided, and its numbers; that there was nothing to do is one, too. */
export type TrainingDecision = z.infer<typeof decisionSchema>;

/** Decisions, newest first. Throws DatabaseUnavailableError. */
export function listDecisions(database: Database): (page: PageRequest) => Promise<Page<TrainingDecision>> {
  return async ({ limit, cursor }) => {
    const rows = await database.rows(
      sql`select jsonb_build_object('id', id, 'reasonCode', reason_code, 'modelVersion', model_version,
          'driftReportId', drift_report_id, 'decision', decision, 'createdAt', ${isoTime("created_at")}) as decision
        from training_decisions
        where ${cursor ?? null}::uuid is null
          or (created_at, id) < (select created_at, id from training_decisions where id = ${cursor ?? null}::uuid)
        order by created_at desc, id desc limit ${limit + 1}::int`,
      { isRead: true },
    );
    return pageOf(
      rows.map(({ decision }) => decisionSchema.parse(decision)),
      limit,
    );
  };
}
