import { z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { handOffReasons } from "../answer.ts";
import { probabilitySchema, sourceSchema } from "./answer-schema.ts";

/** What was predicted, by which model, from which sources, and what people said of it. */
export const predictionSchema = z
  .object({
    id: z.uuid(),
    route: z.enum(["ask", "classify"]),
    created_at: z.string(),
    text: z.string().openapi({ description: "What was asked, after redaction." }),
    language: z.string(),
    model_version: z.string(),
    predicted_queue: z.string(),
    predicted_urgency: urgencySchema,
    queue_probabilities: z.record(z.string(), probabilitySchema),
    urgency_probabilities: z.record(z.string(), probabilitySchema),
    action: z.enum(["answer", "hand_off", "classify"]),
    hand_off_reason: z.enum(handOffReasons).nullable(),
    generated_by: z.string().nullable(),
    response: z.string().nullable(),
    sources: z.array(sourceSchema),
    degraded: z.array(z.string()),
    feedback: z.array(
      z.object({
        correct_queue: z.string().nullable(),
        correct_urgency: urgencySchema.nullable(),
        helpful: z.boolean().nullable(),
        reason: z.string().nullable(),
        comment: z.string().nullable(),
        role: z.string(),
        created_at: z.string(),
      }),
    ),
  })
  .openapi("Prediction");
