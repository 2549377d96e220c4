import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/page-query.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const deploymentSchema = z
  .object({
    id: z.uuid(),
    model_version: z.string(),
    bundle_hash: z.string(),
    serving: z.boolean().openapi({ description: "True for exactly one, once an instance was ready." }),
    started_at: z.string(),
    ended_at: z.string().nullable(),
  })
  .openapi("Deployment");

const responseSchema = z
  .object({ deployments: z.array(deploymentSchema), next_cursor: nextCursorSchema })
  .openapi("Deployments");

const example = {
  deployments: [
    {
      id: "019ab8f0-7e3a-7b36-9d0a-3c5e1f7a2b44",
      model_version: "2026.11.22-1f3a9c",
      bundle_hash: "4be2e2b4c7f3f54a6c1f1d6b7b2c1f0a9d6a3fd1f2b5b0f7a1c9b3d8e2f4a6c8",
      serving: true,
      started_at: "2026-11-22T09:30:00.000Z",
      ended_at: null,
    },
  ],
  next_cursor: null,
};

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/deployments",
  operationId: "listDeployments",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List which model served when",
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: "Deployments, newest first",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type ListDeploymentsDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/** GET /monitoring/deployments */
export function addListDeployments(app: App, { monitoring, slots, limits }: ListDeploymentsDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const { items, nextCursor } = await work.race(monitoring.listDeployments(c.req.valid("query")));
      const deployments = items.map((item) => ({
        id: item.id,
        model_version: item.modelVersion,
        bundle_hash: item.bundleHash,
        serving: item.serving,
        started_at: item.startedAt,
        ended_at: item.endedAt,
      }));
      return c.json(responseSchema.parse({ deployments, next_cursor: nextCursor }), 200);
    } finally {
      work.end();
    }
  });
}
