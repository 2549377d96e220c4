import type { z } from "@hono/zod-openapi";
import type { StoredPrediction } from "../records/find-prediction.ts";
import type { predictionSchema } from "./prediction-schema.ts";

/** A stored prediction as the interface names its parts. */
export function toPredictionBody(prediction: StoredPrediction): z.input<typeof predictionSchema> {
  return {
    id: prediction.id,
    route: prediction.route,
    created_at: prediction.createdAt,
    text: prediction.text,
    language: prediction.language,
    model_version: prediction.modelVersion,
    predicted_queue: prediction.predictedQueue,
    predicted_urgency: prediction.predictedUrgency,
    queue_probabilities: prediction.queueProbabilities,
    urgency_probabilities: prediction.urgencyProbabilities,
    action: prediction.action,
    hand_off_reason: prediction.handOffReason,
    generated_by: prediction.generatedBy,
    response: prediction.response,
    sources: prediction.sources,
    degraded: prediction.degraded,
    feedback: prediction.feedback.map((said) => ({
      correct_queue: said.correctQueue,
      correct_urgency: said.correctUrgency,
      helpful: said.helpful,
      reason: said.reason,
      comment: said.comment,
      role: said.role,
      created_at: said.createdAt,
    })),
  };
}
