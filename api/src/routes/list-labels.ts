import { createRoute, z } from "@hono/zod-openapi";
import { urgencySchema } from "@support-it-agent/shared/labels";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { labelStatuses } from "../labels/list-labels.ts";

const statusSchema = z.enum(labelStatuses);

const querySchema = z.strictObject({
  status: statusSchema.default("quarantined"),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .openapi({ type: "integer", minimum: 1, maximum: 1_000, default: 100 }),
});

const labelSchema = z
  .object({
    id: z.uuid(),
    source: z.enum(["feedback", "blind"]),
    status: statusSchema,
    prediction_id: z.uuid(),
    queue: z.string().nullable(),
    urgency: urgencySchema.nullable(),
    predicted_queue: z.string(),
    model_version: z.string(),
    author: z.string().nullable().openapi({ description: "Id of the key." }),
    role: z.string(),
    created_at: z.string(),
  })
  .openapi("JudgedLabel");

const responseSchema = z.object({ labels: z.array(labelSchema) }).openapi("JudgedLabels");

const example = {
  labels: [
    {
      id: "019ab8f9-11d4-7e11-8a57-64c0f3b1d9aa",
      source: "feedback" as const,
      status: "quarantined" as const,
      prediction_id: "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44",
      queue: "Hardware / Device",
      urgency: null,
      predicted_queue: "Network / Infrastructure",
      model_version: "2026.11.22-1f3a9c",
      author: "019ab8f0-5c1e-7b36-9d0a-3c5e1f7a2b44",
      role: "agent",
      created_at: "2026-11-22T10:02:40.000Z",
    },
  ],
};

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/labels",
  operationId: "listLabels",
  tags: ["Labels"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List labels by what became of them, quarantined ones above all",
  description:
    "Only trusted labels train and measure. Quarantined: one of many by one author, or to one queue, within minutes. Contradicted: " +
    "people disagree. Capped: beyond 200 of one author in a day. Superseded: the same person said otherwise later.",
  request: { query: querySchema },
  responses: {
    200: {
      description: "Labels, newest first",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type ListLabelsDeps = Pick<AppDeps, "labels" | "slots" | "limits">;

/** GET /labels */
export function addListLabels(app: App, { labels, slots, limits }: ListLabelsDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const found = await work.race(labels.list(c.req.valid("query")));
      const body = found.map(({ predictionId, predictedQueue, modelVersion, createdAt, ...label }) => ({
        ...label,
        prediction_id: predictionId,
        predicted_queue: predictedQueue,
        model_version: modelVersion,
        created_at: createdAt,
      }));
      return c.json(responseSchema.parse({ labels: body }), 200);
    } finally {
      work.end();
    }
  });
}
