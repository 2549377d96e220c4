import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

const levelSchema = z.object({ level: z.number(), persistent: z.number(), limit: z.number() });

/** What a decision reads of a stored Assessment (trainer/src/drift/assess-window.ts). */
const decidedAssessmentSchema = z.object({
  window: z.object({ start: z.number(), end: z.number(), rows: z.int(), duplicates: z.int() }),
  diagnosis: z.enum(["not_enough_data", "data_fault", "performance_alarm", "drift", "burst", "stable"]),
  reason: z.string(),
  training: z.object({
    wanted: z.boolean(),
    heldBack: z.enum(["cool_down", "monthly_maximum", "refusal_pause"]).nullable(),
    until: z.number().nullable(),
  }),
  faults: z.array(z.unknown()).readonly(),
  bursts: z.array(z.unknown()).readonly(),
  chart: z
    .object({
      isWarmingUp: z.boolean(),
      driftShare: z.number(),
      driftShareLimit: z.number(),
      suite: levelSchema,
      single: levelSchema,
      shares: levelSchema,
      performance: levelSchema.extend({ macroF1: z.number(), usualMacroF1: z.number() }),
    })
    .nullable(),
  errors: z.record(z.string(), z.unknown()),
});

export type DecidedAssessment = z.infer<typeof decidedAssessmentSchema>;

export type UndecidedReport = { readonly id: string; readonly assessment: DecidedAssessment };

const rowSchema = z.object({ id: z.uuid(), assessment: decidedAssessmentSchema });

/**
 * The newest drift report of the serving bundle, where no run has decided on it yet: also the one that a killed run had stored. Null where there is
 * none. Throws DatabaseUnavailableError.
 */
export async function findUndecidedReport(
  database: Database,
  bundleHash: string,
): Promise<UndecidedReport | null> {
  const [row] = await database.rows(
    sql`with newest as (
        select id, report from drift_reports where bundle_hash = ${bundleHash} order by window_end desc, id desc limit 1
      )
      select jsonb_build_object('id', id, 'assessment', report->'assessment') as found from newest
      where not exists (select from training_decisions where drift_report_id = newest.id)`,
    { isRead: true },
  );
  return row ? rowSchema.parse(row.found) : null;
}
