import { createRoute, z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { requireKnownQueue } from "../http/require-known-queue.ts";
import { startWork } from "../http/start-work.ts";
import { examplePredictionId, storedResponse } from "../http/stored-response.ts";
import { Problem } from "../problem.ts";

const requestSchema = z
  .strictObject({
    prediction_id: z.uuid(),
    correct_queue: identifierSchema(100)
      .optional()
      .openapi({ description: "One of the queues of GET /queues." }),
    correct_urgency: urgencySchema.optional(),
    helpful: z.boolean().optional(),
    reason: z.string().min(1).max(200).optional(),
    comment: z.string().min(1).max(5_000).optional(),
  })
  .refine(({ prediction_id: _, ...said }) => Object.values(said).some((value) => value !== undefined), {
    message: "says nothing: give correct_queue, correct_urgency, helpful, reason or comment",
  })
  .openapi("Feedback", { minProperties: 2 });

const stored = storedResponse("FeedbackResponse");

const allowed = allow("feedback", "agent");

const route = createRoute({
  method: "post",
  path: "/feedback",
  operationId: "giveFeedback",
  tags: ["Ask"],
  security: allowed.security,
  summary: "Correct queue or urgency of a prediction, or say whether its answer helped",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: requestSchema,
          example: { prediction_id: examplePredictionId, correct_queue: "Security / Access", helpful: false },
        },
      },
    },
  },
  responses: {
    ...stored.responses,
    ...problemResponses(
      ...bodyProblems,
      "prediction_not_found",
      "unknown_label",
      "database_unavailable",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type FeedbackDeps = Pick<AppDeps, "knownQueues" | "recordFeedback" | "slots" | "limits">;

/** POST /feedback. What somebody without a key says is kept, and never trains a model by itself. */
export function addFeedback(app: App, { knownQueues, recordFeedback, slots, limits }: FeedbackDeps): void {
  app.openapi(route, async (c) => {
    const said = c.req.valid("json");
    const caller = c.get("caller");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      if (said.correct_queue !== undefined)
        await work.race(requireKnownQueue(said.correct_queue, knownQueues, "correct_queue"));
      const outcome = await work.race(
        recordFeedback({
          predictionId: said.prediction_id,
          correctQueue: said.correct_queue,
          correctUrgency: said.correct_urgency,
          helpful: said.helpful,
          reason: said.reason && prepareText(said.reason).text,
          comment: said.comment && prepareText(said.comment).text,
          author: caller.keyId,
          role: caller.role,
        }),
      );
      if (outcome === "unknown_prediction") {
        throw new Problem(
          "prediction_not_found",
          "No answer has this prediction_id. Take it from an answer of this agent.",
        );
      }
      const body = stored.schema.parse({ prediction_id: said.prediction_id, status: outcome });
      return outcome === "created" ? c.json(body, 201) : c.json(body, 200);
    } finally {
      work.end();
    }
  });
}
