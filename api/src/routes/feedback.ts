import { createRoute, z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { AppDeps } from "../app-deps.ts";
import type { App } from "../http/app-env.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { Problem } from "../problem.ts";

const requestSchema = z
  .strictObject({
    prediction_id: z.uuid(),
    correct_queue: identifierSchema(100)
      .optional()
      .openapi({ description: "One of the queues of GET /model." }),
    correct_urgency: urgencySchema.optional(),
    helpful: z.boolean().optional(),
    reason: z.string().min(1).max(200).optional(),
    comment: z.string().min(1).max(5_000).optional(),
  })
  .refine(({ prediction_id: _, ...said }) => Object.values(said).some((value) => value !== undefined), {
    message: "says nothing: give correct_queue, correct_urgency, helpful, reason or comment",
  })
  .openapi("Feedback", { minProperties: 2 });

const responseSchema = z
  .object({
    prediction_id: z.uuid(),
    status: z.enum(["created", "duplicate"]).openapi({ description: "The same correction twice is one." }),
  })
  .openapi("FeedbackResponse");

const predictionId = "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44";

const stored = (description: string, status: "created" | "duplicate") => ({
  description,
  content: {
    "application/json": { schema: responseSchema, example: { prediction_id: predictionId, status } },
  },
});

const route = createRoute({
  method: "post",
  path: "/feedback",
  operationId: "giveFeedback",
  tags: ["Ask"],
  summary: "Correct queue or urgency of a prediction, or say whether its answer helped",
  middleware: [limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: requestSchema,
          example: { prediction_id: predictionId, correct_queue: "Security / Access", helpful: false },
        },
      },
    },
  },
  responses: {
    200: stored("The same was said before; nothing was added", "duplicate"),
    201: stored("Stored", "created"),
    ...problemResponses(
      ...bodyProblems,
      "prediction_not_found",
      "unknown_label",
      "database_unavailable",
      ...workProblems,
    ),
  },
});

type FeedbackDeps = Pick<AppDeps, "knownQueues" | "recordFeedback" | "slots" | "limits">;

/** POST /feedback. Who says it is not known yet, so its role is "unknown": it never trains a model by itself. */
export function addFeedback(app: App, { knownQueues, recordFeedback, slots, limits }: FeedbackDeps): void {
  app.openapi(route, async (c) => {
    const said = c.req.valid("json");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      if (said.correct_queue !== undefined) await work.race(requireKnown(said.correct_queue, knownQueues));
      const outcome = await work.race(
        recordFeedback({
          predictionId: said.prediction_id,
          correctQueue: said.correct_queue,
          correctUrgency: said.correct_urgency,
          helpful: said.helpful,
          reason: said.reason && prepareText(said.reason).text,
          comment: said.comment && prepareText(said.comment).text,
          role: "unknown",
        }),
      );
      if (outcome === "unknown_prediction") {
        throw new Problem(
          "prediction_not_found",
          "No answer has this prediction_id. Take it from an answer of this agent.",
        );
      }
      const body = responseSchema.parse({ prediction_id: said.prediction_id, status: outcome });
      return outcome === "created" ? c.json(body, 201) : c.json(body, 200);
    } finally {
      work.end();
    }
  });
}

async function requireKnown(queue: string, knownQueues: AppDeps["knownQueues"]): Promise<void> {
  const queues = await knownQueues();
  if (queues.includes(queue)) return;
  throw new Problem(
    "unknown_label",
    `"${queue}" is no queue here. Known ones: ${queues.join("; ")}. A new queue comes with an import of tickets.`,
    { errors: [{ path: "correct_queue", message: "is no known queue" }] },
  );
}
