import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";
import { type Page, type PageRequest, pageOf } from "./page-of.ts";

export const driftReportSummarySchema = z.object({
  id: z.string(),
  mode: z.string(),
  modelVersion: z.string(),
  windowStart: z.string(),
  windowEnd: z.string(),
  rowCount: z.number().int(),
  /** True where the report was rendered as an HTML page. */
  hasPage: z.boolean(),
  createdAt: z.string(),
});

/** A drift report without what is in it. Times are ISO 8601 in UTC. */
export type DriftReportSummary = z.infer<typeof driftReportSummarySchema>;

/** A row of drift_reports as DriftReportSummary, one JSON value. */
export const driftReportSummaryJson = sql`jsonb_build_object('id', id, 'mode', mode, 'modelVersion', model_version,
  'windowStart', ${isoTime("window_start")}, 'windowEnd', ${isoTime("window_end")}, 'rowCount', row_count,
  'hasPage', page is not null, 'createdAt', ${isoTime("created_at")})`;

/** Drift reports, newest first. Throws DatabaseUnavailableError. */
export function listDriftReports(
  database: Database,
): (page: PageRequest) => Promise<Page<DriftReportSummary>> {
  return async ({ limit, cursor }) => {
    const rows = await database.rows(
      sql`select ${driftReportSummaryJson} as report from drift_reports
        where ${cursor ?? null}::uuid is null
          or (created_at, id) < (select created_at, id from drift_reports where id = ${cursor ?? null}::uuid)
        order by created_at desc, id desc limit ${limit + 1}::int`,
      { isRead: true },
    );
    return pageOf(
      rows.map(({ report }) => driftReportSummarySchema.parse(report)),
      limit,
    );
  };
}
