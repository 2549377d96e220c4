import { createHash } from "node:crypto";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import type { DriftState } from "../drift/drift-state.ts";
import type { DriftReport } from "../drift-report/drift-report.ts";

/**
 * Stores a window's report, page and state as one row of drift_reports, in one statement. A bundle's window has one row by its start, whoever
 * assessed it: false where it was there before, and then the stored state is the one to go on from. Throws DatabaseUnavailableError.
 */
export async function storeReport(
  database: Database,
  {
    id,
    bundleHash,
    report,
    page,
    state,
  }: {
    readonly id: string;
    readonly bundleHash: string;
    readonly report: DriftReport;
    readonly page: string;
    readonly state: DriftState;
  },
): Promise<boolean> {
  const { start, end, rows } = report.assessment.window;
  const stored = await database.rows(
    sql`insert into drift_reports (id, mode, model_version, window_start, window_end, row_count, report, bundle_hash, state, page)
      values (${id}::uuid, 'calibrated', ${report.modelVersion}, ${new Date(start).toISOString()}::timestamptz,
        ${new Date(end).toISOString()}::timestamptz, ${rows}::int, ${JSON.stringify(report)}::jsonb, ${bundleHash},
        ${JSON.stringify(state)}::jsonb, ${page})
      on conflict (id) do nothing returning id`,
    { isRead: true, deadlineMs: 60_000 },
  );
  return stored.length > 0;
}

/** The id that a bundle's window has wherever it is assessed: UUID version 8 (RFC 9562) out of a digest. */
export function reportId(bundleHash: string, windowStart: number): string {
  const digest = createHash("sha256").update(`${bundleHash} ${windowStart}`).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
