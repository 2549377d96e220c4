import { createRoute } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { answerExample } from "../http/answer-schema.ts";
import type { App } from "../http/app-env.ts";
import { idParamSchema } from "../http/id-schema.ts";
import { predictionSchema } from "../http/prediction-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { toPredictionBody } from "../http/to-prediction-body.ts";
import { Problem } from "../problem.ts";

const example = {
  id: answerExample.prediction_id,
  route: "ask" as const,
  created_at: "2026-11-22T09:31:12.000Z",
  text: "Mon VPN ne marche pas",
  language: "fr",
  model_version: answerExample.model_version,
  predicted_queue: answerExample.predicted_queue,
  predicted_urgency: answerExample.predicted_urgency,
  queue_probabilities: { "Network / Infrastructure": 0.93, "Security / Access": 0.07 },
  urgency_probabilities: { low: 0.04, medium: 0.15, high: 0.81 },
  action: answerExample.action,
  hand_off_reason: null,
  generated_by: answerExample.generated_by,
  response: answerExample.response,
  sources: [...answerExample.sources],
  degraded: [],
  feedback: [
    {
      correct_queue: "Security / Access",
      correct_urgency: null,
      helpful: false,
      reason: null,
      comment: null,
      role: "unknown",
      created_at: "2026-11-22T09:33:40.000Z",
    },
  ],
};

const allowed = allow("agent");

const route = createRoute({
  method: "get",
  path: "/predictions/{id}",
  operationId: "getPrediction",
  tags: ["Ask"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Look up a prediction with its sources and what people said of it",
  request: { params: idParamSchema },
  responses: {
    200: {
      description: "The prediction",
      content: { "application/json": { schema: predictionSchema, example } },
    },
    ...problemResponses(
      "invalid_id",
      "prediction_not_found",
      "database_unavailable",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type GetPredictionDeps = Pick<AppDeps, "findPrediction" | "slots" | "limits">;

/** GET /predictions/{id} */
export function addGetPrediction(app: App, { findPrediction, slots, limits }: GetPredictionDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const prediction = await work.race(findPrediction(c.req.valid("param").id));
      if (!prediction)
        throw new Problem(
          "prediction_not_found",
          "No prediction has this id. Take it from an answer of this agent.",
        );
      return c.json(predictionSchema.parse(toPredictionBody(prediction)), 200);
    } finally {
      work.end();
    }
  });
}
