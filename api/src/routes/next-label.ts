import { createRoute, z } from "@hono/zod-openapi";
import { urgencies, urgencySchema } from "@support-it-agent/shared/labels";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { requirePerson } from "../auth/require-person.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const responseSchema = z
  .object({
    prediction_id: z.uuid(),
    text: z
      .string()
      .openapi({ description: "What was asked, after redaction. What was predicted is not told." }),
    language: z.string(),
    created_at: z.string(),
    expires_at: z.string().openapi({ description: "Until then no other agent gets this text." }),
    queues: z.array(z.string()).openapi({ description: "What the label may name." }),
    urgencies: z.array(urgencySchema),
  })
  .openapi("LabelTask");

const example = {
  prediction_id: "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44",
  text: "Mon VPN ne marche pas",
  language: "fr",
  created_at: "2026-11-22T09:31:12.000Z",
  expires_at: "2026-11-22T14:00:00.000Z",
  queues: ["Network / Infrastructure", "Security / Access"],
  urgencies: [...urgencies],
};

const allowed = allow("agent");

const route = createRoute({
  method: "get",
  path: "/labels/next",
  operationId: "nextLabel",
  tags: ["Labels"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Take the next text of the blind slice to label",
  description:
    "A small random part of what was asked, drawn by the prediction's id, is labelled by agents who do not see the prediction: the " +
    "only fair measure of live quality. The oldest comes first, each to one agent at a time.",
  responses: {
    200: {
      description: "A text to label",
      content: { "application/json": { schema: responseSchema, example } },
    },
    204: { description: "Nothing is left to label" },
    ...problemResponses(...workProblems, ...keyProblems),
  },
});

type NextLabelDeps = Pick<AppDeps, "labels" | "knownQueues" | "slots" | "limits">;

/** GET /labels/next */
export function addNextLabel(app: App, { labels, knownQueues, slots, limits }: NextLabelDeps): void {
  app.openapi(route, async (c) => {
    const author = requirePerson(c.get("caller"));
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const task = await work.race(labels.takeNext(author));
      if (!task) return c.body(null, 204);
      const body = {
        prediction_id: task.predictionId,
        text: task.text,
        language: task.language,
        created_at: task.createdAt,
        expires_at: task.expiresAt,
        queues: [...(await work.race(knownQueues()))],
        urgencies: [...urgencies],
      };
      return c.json(responseSchema.parse(body), 200, { "cache-control": "no-store" });
    } finally {
      work.end();
    }
  });
}
