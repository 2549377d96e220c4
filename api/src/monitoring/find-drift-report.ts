import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { driftReportSummaryJson, driftReportSummarySchema } from "./list-drift-reports.ts";

const driftReportSchema = driftReportSummarySchema.extend({
  report: z.record(z.string(), z.unknown()),
  page: z.string().nullable(),
});

/** A drift report with its numbers, as the monitor wrote them, and its page. */
export type DriftReport = z.infer<typeof driftReportSchema>;

/** The report with an id (a UUID), or, by the id "latest", the newest one; null where there is none. Throws DatabaseUnavailableError. */
export function findDriftReport(database: Database): (id: string) => Promise<DriftReport | null> {
  return async (id) => {
    const which = id === "latest" ? sql`true` : sql`id = ${id}::uuid`;
    const [row] = await database.rows(
      sql`select ${driftReportSummaryJson} || jsonb_build_object('report', report, 'page', page) as report
        from drift_reports where ${which} order by created_at desc, id desc limit 1`,
      { isRead: true },
    );
    return row ? driftReportSchema.parse(row.report) : null;
  };
}
