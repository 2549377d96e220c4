import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { type SQL, sql } from "drizzle-orm";
import { isoTime } from "../database/iso-time.ts";
import { type Lease, LeaseLostError } from "./take-lease.ts";
import {
  type CycleOutcome,
  type CycleStage,
  type TrainingCycle,
  trainingCycleSchema,
} from "./training-cycle.ts";

/** Where a training is written down, step by step. Every write fails with LeaseLostError once another process may run cycles. */
export type CycleStore = {
  /** The training under way; null where there is none. */
  readonly findOpen: () => Promise<TrainingCycle | null>;
  readonly begin: (training: NewTraining) => Promise<TrainingCycle>;
  /** Counts an attempt at the stage, before anything is done: one that is killed has been counted. */
  readonly countAttempt: (cycle: TrainingCycle) => Promise<TrainingCycle>;
  /** The stage has its facts; `stage` is what comes next (the same one where it waits), with no attempt counted yet. */
  readonly moveOn: (cycle: TrainingCycle, stage: CycleStage, facts: unknown) => Promise<TrainingCycle>;
  /** Back to the first stage, which is counted. */
  readonly restart: (cycle: TrainingCycle) => Promise<TrainingCycle>;
  readonly end: (cycle: TrainingCycle, outcome: CycleOutcome, facts: unknown) => Promise<void>;
};

export type NewTraining = Pick<TrainingCycle, "dataSet" | "trigger" | "servingHash" | "driftReportId">;

/** The store on `database`, for as long as `lease` is held. Throws DatabaseUnavailableError. */
export function createCycleStore(database: Database, lease: Lease): CycleStore {
  const write = async (statement: SQL): Promise<TrainingCycle> => {
    const [row] = await database.rows(statement, { isRead: true });
    if (!row) throw new LeaseLostError("cycle");
    return trainingCycleSchema.parse(row.cycle);
  };
  const update = (cycle: TrainingCycle, changes: SQL) =>
    write(sql`update training_cycles set ${changes}, updated_at = now()
      where id = ${cycle.id}::uuid and ended_at is null and ${lease.isHeld} returning ${cycleJson} as cycle`);
  const withFacts = (cycle: TrainingCycle, facts: unknown) =>
    sql`facts = facts || jsonb_build_object(${cycle.stage}::text, ${JSON.stringify(facts ?? {})}::jsonb)`;
  return {
    findOpen: () => findOpenCycle(database),
    begin: ({ dataSet, trigger, servingHash, driftReportId }) => {
      // A second try after a lost connection finds the row of the first, by its id.
      const id = newId();
      return write(sql`insert into training_cycles (id, data_set, trigger, serving_hash, drift_report_id, stage)
        select ${id}::uuid, ${dataSet}, ${trigger}, ${servingHash}, ${driftReportId}::uuid, 'train' where ${lease.isHeld}
        on conflict (id) do update set id = excluded.id returning ${cycleJson} as cycle`);
    },
    countAttempt: (cycle) => update(cycle, sql`attempts = ${cycle.attempts + 1}`),
    moveOn: (cycle, stage, facts) =>
      update(cycle, sql`stage = ${stage}, attempts = 0, ${withFacts(cycle, facts)}`),
    restart: (cycle) =>
      update(
        cycle,
        sql`stage = 'train', attempts = 0, facts = facts || jsonb_build_object('restarts', ${cycle.restarts + 1}::int)`,
      ),
    end: async (cycle, outcome, facts) => {
      const [row] = await database.rows(
        sql`update training_cycles set stage = 'ended', outcome = ${outcome}, ended_at = coalesce(ended_at, now()), updated_at = now(),
            ${withFacts(cycle, facts)}
          where id = ${cycle.id}::uuid and ${lease.isHeld} returning id`,
        { isRead: true },
      );
      if (!row) throw new LeaseLostError("cycle");
    },
  };
}

/** The training under way; null where there is none. Throws DatabaseUnavailableError. */
export async function findOpenCycle(database: Database): Promise<TrainingCycle | null> {
  const [row] = await database.rows(
    sql`select ${cycleJson} as cycle from training_cycles where ended_at is null`,
    { isRead: true },
  );
  return row ? trainingCycleSchema.parse(row.cycle) : null;
}

const cycleJson = sql`jsonb_build_object('id', id, 'dataSet', data_set, 'trigger', trigger, 'servingHash', serving_hash,
  'driftReportId', drift_report_id, 'stage', stage, 'attempts', attempts,
  'restarts', coalesce((facts->>'restarts')::int, 0), 'facts', facts, 'startedAt', ${isoTime("started_at")})`;
