import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { DriftState } from "../drift/drift-state.ts";
import type { HistoryPoint } from "../drift-report/drift-report.ts";
import type { PastWindow } from "./past-window.ts";

const numbersSchema = z.array(z.number());

const betsSchema = z.object({
  audits: z.number(),
  errors: z.number(),
  wealth: numbersSchema,
  restarted: numbersSchema,
});

const queueBetsSchema = betsSchema.extend({ stake: z.number() });

const stateSchema: z.ZodType<DriftState> = z.object({
  windowEnd: z.number().nullable(),
  smoothed: numbersSchema,
  suiteLevels: numbersSchema,
  singleLevels: numbersSchema,
  // Reports of before the queues' shares had a rule of their own do not have it, and it begins anew.
  shareScores: z.array(numbersSchema).default([]),
  performanceLevels: numbersSchema,
  // Of before each queue had bets of its own: those begin at 1.
  evidence: z.object({ ...betsSchema.shape, byQueue: z.record(z.string(), queueBetsSchema).default({}) }),
  trainings: numbersSchema,
  refusals: z.number(),
  lastRefusal: z.number().nullable(),
});

const diagnosisSchema = z.enum([
  "not_enough_data",
  "data_fault",
  "performance_alarm",
  "drift",
  "burst",
  "stable",
]);

const readingSchema = z.object({ level: z.number(), limit: z.number() }).nullable();

const pointSchema: z.ZodType<HistoryPoint> = z.object({
  end: z.number(),
  diagnosis: diagnosisSchema,
  modelVersion: z.string(),
  suite: readingSchema,
  single: readingSchema,
  shares: readingSchema.default(null),
  queues: z.record(z.string(), z.number()),
});

const newestSchema = z.object({
  id: z.string(),
  bundleHash: z.string(),
  state: stateSchema,
  history: z.array(pointSchema),
});

/** The newest report: where the monitor goes on. */
export type NewestReport = z.infer<typeof newestSchema>;

const pastSchema: z.ZodType<PastWindow> = z.object({
  start: z.number(),
  end: z.number(),
  diagnosis: diagnosisSchema,
});

const ms = (column: string) => sql`floor(extract(epoch from ${sql.identifier(column)}) * 1000)::bigint`;

/** The report of the latest window, of whatever model; null where there is none. Throws DatabaseUnavailableError. */
export async function readNewestReport(database: Database): Promise<NewestReport | null> {
  const [row] = await database.rows(
    sql`select jsonb_build_object('id', id, 'bundleHash', bundle_hash, 'state', state,
        'history', coalesce(report->'history', '[]')) as newest
      from drift_reports where bundle_hash is not null and state is not null
      order by window_end desc, created_at desc limit 1`,
    { isRead: true },
  );
  return row ? newestSchema.parse(row.newest) : null;
}

/** Every window of a bundle that was assessed, in order of time. Throws DatabaseUnavailableError. */
export async function readPastWindows(database: Database, bundleHash: string): Promise<PastWindow[]> {
  const [row] = await database.rows(
    sql`select coalesce(jsonb_agg(jsonb_build_object('start', ${ms("window_start")}, 'end', ${ms("window_end")},
        'diagnosis', report->'assessment'->>'diagnosis') order by window_start), '[]') as past
      from drift_reports where bundle_hash = ${bundleHash} and state is not null`,
    { isRead: true },
  );
  return z.array(pastSchema).parse(row?.past);
}

/** The page of a bundle's latest window; null where none was stored. Throws DatabaseUnavailableError. */
export async function readNewestPage(database: Database, bundleHash: string): Promise<string | null> {
  const [row] = await database.rows(
    sql`select page from drift_reports where bundle_hash = ${bundleHash} order by window_end desc limit 1`,
    { isRead: true },
  );
  return row ? z.string().nullable().parse(row.page) : null;
}
