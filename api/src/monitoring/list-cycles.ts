import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";
import { type Page, type PageRequest, pageOf } from "./page-of.ts";

const cycleSchema = z.object({
  id: z.string(),
  dataSet: z.string(),
  trigger: z.string(),
  servingHash: z.string(),
  driftReportId: z.string().nullable(),
  stage: z.string(),
  attempts: z.number().int(),
  outcome: z.string().nullable(),
  modelVersion: z.string().nullable(),
  bundleHash: z.string().nullable(),
  commit: z.string().nullable(),
  servedSince: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().nullable(),
});

/** A training from its trigger to its end. The candidate's version, hash, commit and serving time come in as stages end. */
export type TrainingCycle = z.infer<typeof cycleSchema>;

/** Trainings, newest first. Throws DatabaseUnavailableError. */
export function listCycles(database: Database): (page: PageRequest) => Promise<Page<TrainingCycle>> {
  return async ({ limit, cursor }) => {
    const rows = await database.rows(
      sql`select jsonb_build_object('id', id, 'dataSet', data_set, 'trigger', trigger, 'servingHash', serving_hash,
          'driftReportId', drift_report_id, 'stage', stage, 'attempts', attempts, 'outcome', outcome,
          'modelVersion', facts->'train'->>'bundleVersion', 'bundleHash', facts->'train'->>'bundleHash',
          'commit', facts->'publish'->>'commit', 'servedSince', facts->'confirm'->>'servedSince',
          'startedAt', ${isoTime("started_at")}, 'updatedAt', ${isoTime("updated_at")}, 'endedAt', ${isoTime("ended_at")}) as cycle
        from training_cycles
        where ${cursor ?? null}::uuid is null
          or (started_at, id) < (select started_at, id from training_cycles where id = ${cursor ?? null}::uuid)
        order by started_at desc, id desc limit ${limit + 1}::int`,
      { isRead: true },
    );
    return pageOf(
      rows.map(({ cycle }) => cycleSchema.parse(cycle)),
      limit,
    );
  };
}
