import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { actorOf } from "../auth/actor-of.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const requestSchema = z.strictObject({ name: identifierSchema(100) }).openapi("NewQueue");

const responseSchema = z
  .object({ name: z.string(), status: z.enum(["created", "known"]) })
  .openapi("QueueResponse");

const stored = (description: string, status: "created" | "known") => ({
  description,
  content: { "application/json": { schema: responseSchema, example: { name: "Facilities", status } } },
});

const allowed = allow("admin");

const route = createRoute({
  method: "post",
  path: "/queues",
  operationId: "addQueue",
  tags: ["Labels"],
  security: allowed.security,
  summary: "Make a queue known, so that labels may name it",
  description: "The model that serves does not predict it: that comes with training on labels that name it.",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: requestSchema, example: { name: "Facilities" } } },
    },
  },
  responses: {
    200: stored("It was known", "known"),
    201: stored("It is known now", "created"),
    ...problemResponses(...bodyProblems, ...workProblems, ...keyProblems),
  },
});

type AddQueueDeps = Pick<AppDeps, "knownQueues" | "addQueue" | "slots" | "limits">;

/** POST /queues */
export function addAddQueue(app: App, { knownQueues, addQueue, slots, limits }: AddQueueDeps): void {
  app.openapi(route, async (c) => {
    const name = c.req.valid("json").name.trim();
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const isKnown = (await work.race(knownQueues())).includes(name);
      const isNew = !isKnown && (await work.race(addQueue(name, actorOf(c.get("caller")))));
      if (isNew) return c.json(responseSchema.parse({ name, status: "created" }), 201);
      return c.json(responseSchema.parse({ name, status: "known" }), 200);
    } finally {
      work.end();
    }
  });
}
