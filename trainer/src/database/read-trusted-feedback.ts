import type { Database } from "@support-it-agent/shared/database/database";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { LabelledText } from "../stages/snapshot/read-labelled-texts.ts";
import { isoTime } from "./iso-time.ts";

/** The longest that judging all labels may take; 30,000 take two seconds. */
const deadlineMs = 60_000;

const countsSchema = z.object({ contradicted: z.int(), labelled_blind: z.int() });

/** A label that may be believed names a queue, an urgency, or both. */
const labelSchema = z.object({
  source: z.enum(["feedback", "blind"]),
  prediction_id: z.string(),
  text: z.string(),
  language: z.string(),
  asked_at: z.string(),
  queue: z.string().min(1).nullable(),
  urgency: urgencySchema.nullable(),
});

export type TrustedFeedback = {
  readonly rows: readonly LabelledText[];
  /** Trusted labels of the blind slice: they measure and train nothing. The id is `blind:PREDICTION_ID`. */
  readonly blind: readonly LabelledText[];
  /** Predictions with a correction that does not count because another trusted person names another label. */
  readonly contradicted: number;
  /** Predictions with a trusted label of the blind slice: whatever else was said of them trains nothing. */
  readonly labelledBlind: number;
};

/**
 * The corrections that may train a model, by prediction: source "feedback" of the view trusted_labels, which decides whose word counts
 * (docs/keys.md). The text is the prediction's, redacted when it was logged; the time is when it was asked. The id is
 * `feedback:PREDICTION_ID`. Throws DatabaseUnavailableError.
 */
export async function readTrustedFeedback(database: Database): Promise<TrustedFeedback> {
  const [counts, ...labels] = await database.rows(select, { isRead: true, deadlineMs });
  const { contradicted, labelled_blind: labelledBlind } = countsSchema.parse(counts?.found);
  const texts = labels.map(({ found }) => labelledText(labelSchema.parse(found)));
  return {
    rows: texts.filter(({ source }) => source === "feedback"),
    blind: texts.filter(({ source }) => source === "blind"),
    contradicted,
    labelledBlind,
  };
}

/**
 * One statement, so that counts and rows are of one moment and each label is judged beside all others: the counts in the first
 * row, then a row for each prediction, by id.
 */
const select = sql`with label as materialized (
    select prediction_id, source, text, language, ${isoTime("predicted_at")} as asked_at, queue, urgency
    from trusted_labels
  ), blind as (
    select prediction_id from label where source = 'blind'
  ), contradicted as (
    select distinct prediction_id from judged_labels where source = 'feedback' and status = 'contradicted'
  )
  select null as prediction_id, jsonb_build_object('contradicted', (select count(*) from contradicted),
    'labelled_blind', (select count(*) from blind)) as found
  union all
  select prediction_id, to_jsonb(label) from label
  where source = 'blind' or (source = 'feedback' and prediction_id not in (select prediction_id from blind))
  order by prediction_id nulls first`;

function labelledText(label: z.infer<typeof labelSchema>): LabelledText {
  const { source, prediction_id: id, text, language, asked_at: createdAt, queue, urgency } = label;
  const labels = { inScope: true as const, queue, urgency };
  return { id: `${source}:${id}`, source, subject: "", body: text, language, createdAt, labels };
}
