import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { type SQL, sql } from "drizzle-orm";

/** Every reason code a decision can have, and what it says. */
export const reasonCodes = {
  no_model_serving: "no API has recorded a bundle that serves yet",
  no_new_window: "no complete new window since the last run",
  not_enough_data: "the newest window has too few rows",
  data_fault: "something is wrong with the data; nothing is trained on it",
  burst: "many alike within an hour: a probable incident, no drift",
  stable: "the desk looks as it did when the model was proven",
  held_back: "an alarm, and trainings are held back",
  training_begun: "a training began",
  not_ready: "the labelled tickets are not ready to train on",
  trained: "a candidate is trained",
  gate_passed: "the candidate may ship",
  gate_refused: "the candidate may not ship",
  published: "the pointers of the new model are on the branch",
  overtaken: "somebody else published a model in between",
  waiting_for_rollout: "the API does not serve the new model yet",
  not_served: "the API never served the new model: its pointers are taken back",
  rollout_seen: "the API serves the new model",
  watching: "the new model is compared with the one before",
  kept: "the new model is no worse than the one before: it stays",
  rolled_back: "the new model is worse than the one before: it is taken back",
  stage_failed: "a stage failed; the next run tries it again",
  abandoned: "a stage failed too often, or a person said so: the training is given up",
} as const;

export type ReasonCode = keyof typeof reasonCodes;

/** What one step of a cycle decided, with every number that it decided on. */
export type DecisionRecord = {
  readonly reasonCode: ReasonCode;
  /** Version of the bundle that serves; null where none does. */
  readonly modelVersion: string | null;
  readonly driftReportId?: string | null | undefined;
  /** One sentence for a person. */
  readonly reason: string;
  readonly cycleId?: string | undefined;
  /** Numbers, thresholds, window: plain JSON. */
  readonly numbers?: unknown;
  /** What the step cost: seconds of time, and of processor where known. */
  readonly cost?: { readonly seconds: number } | undefined;
};

/**
 * Writes a decision down in training_decisions, "nothing to do" as well. With `isHeld`, only as long as that is true: resolves with whether it was written.
 * Throws DatabaseUnavailableError.
 */
export async function recordDecision(
  database: Database,
  record: DecisionRecord,
  isHeld: SQL<boolean> = sql`true`,
): Promise<boolean> {
  const { reasonCode, modelVersion, driftReportId = null, ...decision } = record;
  // A second try after a lost connection finds the row of the first, by its id.
  const written = await database.rows(
    sql`insert into training_decisions (id, reason_code, model_version, drift_report_id, decision)
      select ${newId()}::uuid, ${reasonCode}, ${modelVersion}, ${driftReportId}::uuid, ${JSON.stringify(decision)}::jsonb where ${isHeld}
      on conflict (id) do update set id = excluded.id returning id`,
    { isRead: true },
  );
  return written.length > 0;
}
