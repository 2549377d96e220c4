import { z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { type Answer, type AnswerMeta, handOffReasons } from "../answer.ts";

export const probabilitySchema = z.number().min(0).max(1);

export const sourceSchema = z
  .object({
    n: z.int().min(1).openapi({ description: "The number that [n] in the response points at." }),
    kind: z.enum(["article", "ticket"]),
    id: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    quote: z.string().openapi({ description: "The sentence of the source that fits the question best." }),
    relevance: z.enum(["high", "medium", "low"]),
  })
  .openapi("Source");

const metaShape = {
  predicted_queue: z.string(),
  queue_confidence: probabilitySchema,
  predicted_urgency: urgencySchema,
  urgency_confidence: probabilitySchema,
  action: z.enum(["answer", "hand_off"]),
  hand_off_reason: z.enum(handOffReasons).nullable(),
  language: z.string(),
  model_version: z.string(),
};

/** What the `meta` event carries: enough to route a ticket by, before the first word of the answer. */
export const answerMetaSchema = z.object(metaShape).openapi("AnswerMeta", {
  description:
    "action and hand_off_reason are provisional: an answer may yet become a hand_off, and done says so.",
});

/** The answer of POST /ask, and what its `done` event carries. */
export const answerSchema = z
  .object({
    prediction_id: z
      .uuid()
      .nullable()
      .openapi({ description: "Null where no row could be written; see degraded." }),
    ...metaShape,
    response: z.string(),
    generated_by: z
      .string()
      .nullable()
      .openapi({ description: "The model, or extractive; null for a hand-off." }),
    sources: z.array(sourceSchema),
    similar_tickets: z.array(z.object({ id: z.string(), subject: z.string(), resolution: z.string() })),
    degraded: z.array(z.string()).openapi({ description: "Codes of what was away; empty when nothing was." }),
  })
  .openapi("Answer");

export function toMetaBody(meta: AnswerMeta): z.input<typeof answerMetaSchema> {
  return {
    predicted_queue: meta.predictedQueue,
    queue_confidence: meta.queueConfidence,
    predicted_urgency: meta.predictedUrgency,
    urgency_confidence: meta.urgencyConfidence,
    action: meta.action,
    hand_off_reason: meta.handOffReason,
    language: meta.language,
    model_version: meta.modelVersion,
  };
}

export function toAnswerBody(answer: Answer): z.input<typeof answerSchema> {
  return {
    prediction_id: answer.predictionId,
    ...toMetaBody(answer),
    response: answer.response,
    generated_by: answer.generatedBy,
    sources: [...answer.sources],
    similar_tickets: [...answer.similarTickets],
    degraded: [...answer.degraded],
  };
}

export const answerExample = {
  prediction_id: "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44",
  predicted_queue: "Network / Infrastructure",
  queue_confidence: 0.93,
  predicted_urgency: "high",
  urgency_confidence: 0.81,
  action: "answer",
  hand_off_reason: null,
  language: "fr",
  model_version: "2026.11.22-1f3a9c",
  response:
    "1. Vérifiez que votre connexion Internet fonctionne sans le VPN [1]\n2. Fermez le client VPN, puis rouvrez-le [1]",
  generated_by: "mistral/ministral-8b-2512",
  sources: [
    {
      n: 1,
      kind: "article",
      id: "019ab8f1-02d4-7e11-8a57-64c0f3b1d9aa",
      title: "Le VPN ne se connecte pas",
      url: null,
      quote: "Vérifiez que votre connexion Internet fonctionne sans le VPN.",
      relevance: "high",
    },
  ],
  similar_tickets: [
    {
      id: "019ab8f2-5b90-7c02-b3de-7d2f4be0c113",
      subject: "VPN bloqué depuis ce matin",
      resolution: "Certificat renouvelé, puis client relancé.",
    },
  ],
  degraded: [],
} as const satisfies z.input<typeof answerSchema> | Readonly<Record<string, unknown>>;
