import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const responseSchema = z.object({ queues: z.array(z.string()) }).openapi("Queues");

const allowed = allow();

const route = createRoute({
  method: "get",
  path: "/queues",
  operationId: "listQueues",
  tags: ["Labels"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List the queues that a label may name",
  description: "Those of the serving model first, then those that an admin or an import made known.",
  responses: {
    200: {
      description: "The queues",
      content: {
        "application/json": {
          schema: responseSchema,
          example: { queues: ["Network / Infrastructure", "Facilities"] },
        },
      },
    },
    ...problemResponses(...workProblems, ...keyProblems),
  },
});

type ListQueuesDeps = Pick<AppDeps, "knownQueues" | "slots" | "limits">;

/** GET /queues */
export function addListQueues(app: App, { knownQueues, slots, limits }: ListQueuesDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      return c.json(responseSchema.parse({ queues: [...(await work.race(knownQueues()))] }), 200);
    } finally {
      work.end();
    }
  });
}
