import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/page-query.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const decisionSchema = z
  .object({
    id: z.uuid(),
    reason_code: z.string(),
    model_version: z.string().nullable(),
    drift_report_id: z.string().nullable(),
    decision: z
      .record(z.string(), z.unknown())
      .openapi({ description: "Numbers, thresholds, window and cost, as the trainer wrote them." }),
    created_at: z.string(),
  })
  .openapi("TrainingDecision");

const responseSchema = z
  .object({ decisions: z.array(decisionSchema), next_cursor: nextCursorSchema })
  .openapi("TrainingDecisions");

const example = {
  decisions: [
    {
      id: "019ab901-6d2f-7b36-9d0a-3c5e1f7a2b44",
      reason_code: "stable",
      model_version: "2026.11.22-1f3a9c",
      drift_report_id: "019ab901-5c1e-7b36-9d0a-3c5e1f7a2b44",
      decision: { drift_share: 0.12, threshold: 0.5 },
      created_at: "2026-11-22T06:00:42.000Z",
    },
  ],
  next_cursor: null,
};

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/decisions",
  operationId: "listDecisions",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List what the trainer decided, and why",
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: "Decisions, newest first; that there was nothing to do is one, too",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type ListDecisionsDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/** GET /monitoring/decisions */
export function addListDecisions(app: App, { monitoring, slots, limits }: ListDecisionsDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const { items, nextCursor } = await work.race(monitoring.listDecisions(c.req.valid("query")));
      const decisions = items.map((item) => ({
        id: item.id,
        reason_code: item.reasonCode,
        model_version: item.modelVersion,
        drift_report_id: item.driftReportId,
        decision: item.decision,
        created_at: item.createdAt,
      }));
      return c.json(responseSchema.parse({ decisions, next_cursor: nextCursor }), 200);
    } finally {
      work.end();
    }
  });
}
