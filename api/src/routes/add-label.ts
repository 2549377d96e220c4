import { createRoute, z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { requirePerson } from "../auth/require-person.ts";
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
    prediction_id: z.uuid().openapi({ description: "Of GET /labels/next." }),
    queue: identifierSchema(100).nullable().openapi({ description: "Null where you cannot tell." }),
    urgency: urgencySchema.nullable().openapi({ description: "Null where you cannot tell." }),
  })
  .openapi("Label");

const stored = storedResponse("LabelResponse");

const allowed = allow("agent");

const route = createRoute({
  method: "post",
  path: "/labels",
  operationId: "addLabel",
  tags: ["Labels"],
  security: allowed.security,
  summary: "Label a text that GET /labels/next handed out",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: requestSchema,
          example: { prediction_id: examplePredictionId, queue: "Security / Access", urgency: "medium" },
        },
      },
    },
  },
  responses: {
    ...stored.responses,
    ...problemResponses(
      ...bodyProblems,
      "prediction_not_found",
      "label_not_assigned",
      "unknown_label",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type AddLabelDeps = Pick<AppDeps, "labels" | "knownQueues" | "slots" | "limits">;

/** POST /labels */
export function addAddLabel(app: App, { labels, knownQueues, slots, limits }: AddLabelDeps): void {
  app.openapi(route, async (c) => {
    const caller = c.get("caller");
    const author = requirePerson(caller);
    const { prediction_id: id, queue, urgency } = c.req.valid("json");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      if (queue !== null) await work.race(requireKnownQueue(queue, knownQueues, "queue"));
      const label = { predictionId: id, queue, urgency, author, role: caller.role };
      const outcome = await work.race(labels.record(label));
      if (outcome === "unknown_prediction")
        throw new Problem(
          "prediction_not_found",
          "No prediction has this id. Take it from GET /labels/next.",
        );
      if (outcome === "not_assigned") {
        throw new Problem(
          "label_not_assigned",
          "This text was not handed to you, or another agent has it by now. Take one from GET /labels/next.",
        );
      }
      const body = stored.schema.parse({ prediction_id: id, status: outcome });
      return outcome === "created" ? c.json(body, 201) : c.json(body, 200);
    } finally {
      work.end();
    }
  });
}
