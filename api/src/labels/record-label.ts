import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Role } from "../auth/caller.ts";
import type { LabelContent } from "./label-content.ts";

export type BlindLabel = LabelContent & {
  readonly predictionId: string;
  /** Id of the agent's key. */
  readonly author: string;
  readonly role: Role;
};

const outcomes = ["created", "duplicate", "unknown_prediction", "not_assigned"] as const;

export type LabelOutcome = (typeof outcomes)[number];

const rowSchema = z.object({ outcome: z.enum(outcomes) });

/**
 * Writes a blind label, with the model version of the prediction. It is taken only from the agent that the prediction was handed to: who
 * could choose what to label would make the sample one-sided. Another label by the same agent is another row, and the newest counts.
 * One statement, safe to repeat. Throws DatabaseUnavailableError.
 */
export function recordLabel(database: Database): (label: BlindLabel) => Promise<LabelOutcome> {
  return async (label) => {
    const [row] = await database.rows(insert(newId(), label), { isRead: true });
    return rowSchema.parse(row).outcome;
  };
}

function insert(id: string, { predictionId, author, role, queue, urgency }: BlindLabel) {
  return sql`with prediction as (
      select id, model_version from prediction_logs where id = ${predictionId}::uuid
    ), held as (
      select prediction_id from label_assignments where prediction_id = ${predictionId}::uuid and author = ${author}
    ), latest as (
      select id, queue, urgency from blind_labels where prediction_id = ${predictionId}::uuid and author = ${author}
      order by created_at desc, id desc limit 1
    ), same as (
      select id from latest
      where queue is not distinct from ${queue}::text and urgency is not distinct from ${urgency}::text
    ), inserted as (
      insert into blind_labels (id, prediction_id, model_version, queue, urgency, author, role)
      select ${id}::uuid, p.id, p.model_version, ${queue}::text, ${urgency}::text, ${author}, ${role}
      from prediction p, held where not exists (select from same) on conflict (id) do nothing returning id
    )
    select case
      when not exists (select from prediction) then 'unknown_prediction'
      when not exists (select from held) then 'not_assigned'
      when exists (select from inserted) or exists (select from same where id = ${id}::uuid) then 'created'
      else 'duplicate' end as outcome`;
}
