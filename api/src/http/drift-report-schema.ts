import { z } from "@hono/zod-openapi";
import type { DriftReportSummary } from "../monitoring/list-drift-reports.ts";

/** A drift report without what is in it. */
export const driftReportSummarySchema = z
  .object({
    id: z.uuid(),
    mode: z.string(),
    model_version: z.string(),
    window_start: z.string(),
    window_end: z.string(),
    row_count: z.int(),
    has_page: z.boolean().openapi({ description: "It can be read as text/html, too." }),
    created_at: z.string(),
  })
  .openapi("DriftReportSummary");

export function toDriftReportBody(report: DriftReportSummary): z.input<typeof driftReportSummarySchema> {
  return {
    id: report.id,
    mode: report.mode,
    model_version: report.modelVersion,
    window_start: report.windowStart,
    window_end: report.windowEnd,
    row_count: report.rowCount,
    has_page: report.hasPage,
    created_at: report.createdAt,
  };
}

export const driftReportExample = {
  id: "019ab901-5c1e-7b36-9d0a-3c5e1f7a2b44",
  mode: "calibrated",
  model_version: "2026.11.22-1f3a9c",
  window_start: "2026-11-15T00:00:00.000Z",
  window_end: "2026-11-22T00:00:00.000Z",
  row_count: 1_204,
  has_page: true,
  created_at: "2026-11-22T06:00:41.000Z",
};
