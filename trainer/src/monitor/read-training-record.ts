import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { DriftState } from "../drift/drift-state.ts";

const recordSchema = z.object({
  trainings: z.array(z.number()),
  refusals: z.array(z.number()),
});

/**
 * What trainings did, as mayTrain reads it: when each began (the last hundred), how many candidates in a row were refused since one was
 * accepted, and when the last refusal was. It stands in training_cycles alone. A training that was abandoned says nothing of its candidate, and
 * one that was abandoned before it had any (the repository could not be reached, say) did not take place: what wanted it wants it still.
 * Times are milliseconds since 1970. Throws DatabaseUnavailableError.
 */
export async function readTrainingRecord(
  database: Database,
): Promise<Pick<DriftState, "trainings" | "refusals" | "lastRefusal">> {
  const [row] = await database.rows(
    sql`select jsonb_build_object(
        'trainings', coalesce((select jsonb_agg(begun order by begun) from (
          select extract(epoch from started_at) * 1000 as begun from training_cycles
            where outcome is distinct from 'abandoned' or facts->'train' ? 'bundleHash' order by started_at desc limit 100) as last), '[]'),
        'refusals', coalesce((select jsonb_agg(extract(epoch from ended_at) * 1000 order by ended_at) from training_cycles
          where outcome = 'refused' and ended_at > coalesce(
            (select max(ended_at) from training_cycles where outcome in ('promoted', 'rolled_back')), '-infinity')), '[]')) as record`,
    { isRead: true },
  );
  const { trainings, refusals } = recordSchema.parse(row?.record);
  return { trainings, refusals: refusals.length, lastRefusal: refusals.at(-1) ?? null };
}
