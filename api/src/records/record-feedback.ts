import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Role } from "../auth/caller.ts";

/** What somebody said of a prediction. Its texts are redacted already, its labels checked against the known ones. */
export type FeedbackRecord = {
  readonly predictionId: string;
  readonly correctQueue?: string | null | undefined;
  readonly correctUrgency?: string | null | undefined;
  readonly helpful?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly comment?: string | null | undefined;
  /** Id of the key of whoever says it; null for somebody without one. */
  readonly author?: string | null | undefined;
  /** What the author is to the desk. What an agent says may train a model; what others say never does by itself. */
  readonly role: Role;
};

export type FeedbackOutcome = "created" | "duplicate" | "unknown_prediction";

const outcomeSchema = z.object({ outcome: z.enum(["created", "duplicate", "unknown_prediction"]) });

/**
 * Writes feedback as a row beside the prediction, which stays as it was, with the model version of the prediction. The same
 * author saying the same of a prediction again adds nothing; saying something else is another row, and the newest counts. One statement, safe to repeat. Throws DatabaseUnavailableError.
 */
export function recordFeedback(database: Database): (feedback: FeedbackRecord) => Promise<FeedbackOutcome> {
  return async (feedback) => {
    const fingerprint = await fingerprintOf(feedback);
    const [row] = await database.rows(insert(newId(), fingerprint, feedback), { isRead: true });
    return outcomeSchema.parse(row).outcome;
  };
}

/**
 * `latest` is what the same author said last: only that is a duplicate. Who says A, then B, then A again means A, and the newest row
 * is what counts. An earlier row has the fingerprint already then, so the later one adds the row that it follows: ten of the same at once
 * still are one. After a try before this one that got through, `latest` is our own row.
 */
function insert(id: string, fingerprint: string, f: FeedbackRecord) {
  return sql`with prediction as (
      select id, model_version from prediction_logs where id = ${f.predictionId}::uuid
    ), latest as (
      select id, left(fingerprint, 64) as said from feedback
      where prediction_id = ${f.predictionId}::uuid and author is not distinct from ${f.author ?? null}::text and role = ${f.role}
      order by created_at desc, id desc limit 1
    ), inserted as (
      insert into feedback (id, prediction_id, model_version, correct_queue, correct_urgency, helpful, reason, comment,
        author, role, fingerprint)
      select ${id}::uuid, p.id, p.model_version, ${f.correctQueue ?? null}::text, ${f.correctUrgency ?? null}::text,
        ${f.helpful ?? null}::boolean, ${f.reason ?? null}::text, ${f.comment ?? null}::text, ${f.author ?? null}::text,
        ${f.role}, ${fingerprint}::text || case when exists (select from feedback where fingerprint = ${fingerprint})
          then coalesce(':' || (select id from latest), '') else '' end
      from prediction p where not exists (select from latest where said = ${fingerprint})
      on conflict (fingerprint) do nothing returning id
    )
    select case
      when not exists (select from prediction) then 'unknown_prediction'
      when exists (select from inserted) or exists (select from latest where id = ${id}::uuid) then 'created'
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
