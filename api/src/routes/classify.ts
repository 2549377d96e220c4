import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { classificationSchema, toClassificationBody } from "../http/classification-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { textSchema } from "../http/text-schema.ts";

const requestSchema = z
  .strictObject({
    texts: z.array(textSchema).min(1).max(256).openapi({
      description: "Of a ticket: its subject and body, with an empty line between.",
    }),
    record: z.boolean().default(false).openapi({
      description: "Write a row for each text, so that feedback can name it by its prediction_id.",
    }),
  })
  .openapi("ClassifyRequest");

const responseSchema = z
  .object({
    model_version: z.string(),
    results: z.array(classificationSchema).openapi({ description: "One for each text, in order." }),
    degraded: z.array(z.string()),
  })
  .openapi("ClassifyResponse");

const example = {
  model_version: "2026.11.22-1f3a9c",
  results: [
    {
      prediction_id: null,
      predicted_queue: "Hardware / Device",
      queue_confidence: 0.91,
      queue_abstains: false,
      queue_probabilities: { "Hardware / Device": 0.91, "Software / Product": 0.09 },
      predicted_urgency: "low",
      urgency_confidence: 0.7,
      urgency_abstains: false,
      urgency_probabilities: { low: 0.7, medium: 0.25, high: 0.05 },
      out_of_scope_probability: 0.01,
      out_of_scope: false,
      language: "en",
    },
  ],
  degraded: [],
};

const allowed = allow("ask", "agent");

const route = createRoute({
  method: "post",
  path: "/classify",
  operationId: "classify",
  tags: ["Ask"],
  security: allowed.security,
  summary: "Name queue and urgency of one or many texts, with calibrated confidence",
  description: "For ticket tools and for back-filling: up to 256 texts in one request.",
  middleware: [allowed.authorize, limitBody(8_000_000)] as const,
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: requestSchema, example: { texts: ["The printer on floor 2 jams"] } },
      },
    },
  },
  responses: {
    200: {
      description: "One classification for each text",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses(
      ...bodyProblems,
      "empty_text",
      "text_too_long",
      "too_many_items",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type ClassifyRouteDeps = Pick<AppDeps, "classifyTexts" | "slots" | "limits">;

/** POST /classify */
export function addClassify(app: App, { classifyTexts, slots, limits }: ClassifyRouteDeps): void {
  app.openapi(route, async (c) => {
    const { texts, record } = c.req.valid("json");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const requestId = c.get("requestId");
      const caller = c.get("caller").keyId;
      const { modelVersion, results, degraded } = await work.race(
        classifyTexts({ texts, record, requestId, caller, signal: work.signal }),
      );
      const body = {
        model_version: modelVersion,
        results: results.map(toClassificationBody),
        degraded: [...degraded],
      };
      return c.json(responseSchema.parse(body), 200);
    } finally {
      work.end();
    }
  });
}
