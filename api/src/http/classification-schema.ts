import { z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import type { ClassifiedText } from "../classify-texts.ts";
import { probabilitySchema } from "./answer-schema.ts";

const shareSchema = z.record(z.string(), probabilitySchema);

/** Queue and urgency of one text. `abstains` is true where a label's confidence is under its own threshold. */
export const classificationSchema = z
  .object({
    prediction_id: z
      .uuid()
      .nullable()
      .openapi({ description: "Null unless `record` was set and a row was written." }),
    predicted_queue: z.string(),
    queue_confidence: probabilitySchema,
    queue_abstains: z.boolean(),
    queue_probabilities: shareSchema,
    predicted_urgency: urgencySchema,
    urgency_confidence: probabilitySchema,
    urgency_abstains: z.boolean(),
    urgency_probabilities: shareSchema,
    out_of_scope_probability: probabilitySchema,
    out_of_scope: z.boolean(),
    language: z.string(),
  })
  .openapi("Classification");

export function toClassificationBody({
  predictionId,
  language,
  classification: { queue, urgency, outOfScope },
}: ClassifiedText): z.input<typeof classificationSchema> {
  return {
    prediction_id: predictionId,
    predicted_queue: queue.label,
    queue_confidence: clamp(queue.confidence),
    queue_abstains: queue.abstains,
    queue_probabilities: clampAll(queue.probabilities),
    predicted_urgency: urgency.label,
    urgency_confidence: clamp(urgency.confidence),
    urgency_abstains: urgency.abstains,
    urgency_probabilities: clampAll(urgency.probabilities),
    out_of_scope_probability: clamp(outOfScope.probability),
    out_of_scope: outOfScope.isOutOfScope,
    language,
  };
}

/** A softmax in floating point may end at 1.0000000000000002. */
const clamp = (probability: number) => Math.min(1, Math.max(0, probability));

const clampAll = (probabilities: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(probabilities).map(([label, probability]) => [label, clamp(probability)]),
  );
