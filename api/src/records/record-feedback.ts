import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { z } from "zod";

/** What somebody said of a prediction. Its texts are redacted already, its labels checked against the known ones. */
export type FeedbackRecord = {
  readonly predictionId: string;
  readonly correctQueue?: string | null | undefined;
  readonly correctUrgency?: string | null | undefined;
  readonly helpful?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly comment?: string | null | undefined;
  /** Who says it, where that is known. */
  readonly author?: string | null | undefined;
  /** What the author is to the desk: it decides what the feedback may train. "unknown" never trains by itself. */
  readonly role: string;
};

export type FeedbackOutcome = "created" | "duplicate" | "unknown_prediction";

const outcomeSchema = z.object({ outcome: z.enum(["created", "duplicate", "unknown_prediction"]) });

/**
 * Writes feedback as a row beside the prediction, which stays as it was, with the model version of the prediction. The same
 * author saying the same of a prediction again adds nothing. One statement, safe to repeat. Throws DatabaseUnavailableError.
 */
export function recordFeedback(database: Database): (feedback: FeedbackRecord) => Promise<FeedbackOutcome> {
  return async (feedback) => {
    const fingerprint = await fingerprintOf(feedback);
    const [row] = await database.rows(insert(newId(), fingerprint, feedback), { isRead: true });
    return outcomeSchema.parse(row).outcome;
  };
}

/** `known` is what stood there before this statement: our own row is in it when a try before this one got through. */
function insert(id: string, fingerprint: string, f: FeedbackRecord) {
  return sql`with prediction as (
      select id, model_version from prediction_logs where id = ${f.predictionId}::uuid
    ), known as (
      select id from feedback where fingerprint = ${fingerprint}
    ), inserted as (
      insert into feedback (id, prediction_id, model_version, correct_queue, correct_urgency, helpful, reason, comment,
        author, role, fingerprint)
      select ${id}::uuid, p.id, p.model_version, ${f.correctQueue ?? null}::text, ${f.correctUrgency ?? null}::text,
        ${f.helpful ?? null}::boolean, ${f.reason ?? null}::text, ${f.comment ?? null}::text, ${f.author ?? null}::text,
        ${f.role}, ${fingerprint}
      from prediction p on conflict (fingerprint) do nothing returning id
    )
    select case
      when not exists (select from prediction) then 'unknown_prediction'
      when exists (select from inserted) or exists (select from known where id = ${id}::uuid) then 'created'
      else 'duplicate' end as outcome`;
}

/** SHA-256 over everything that makes two pieces of feedback the same. */
async function fingerprintOf(f: FeedbackRecord): Promise<string> {
  const said = [f.correctQueue, f.correctUrgency, f.helpful, f.reason, f.comment].map(
    (value) => value ?? null,
  );
  const identity = JSON.stringify([f.predictionId.toLowerCase(), f.author ?? null, f.role, ...said]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(identity));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
