import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import {
  driftReportExample,
  driftReportSummarySchema,
  toDriftReportBody,
} from "../http/drift-report-schema.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/page-query.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const responseSchema = z
  .object({ reports: z.array(driftReportSummarySchema), next_cursor: nextCursorSchema })
  .openapi("DriftReports");

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/drift",
  operationId: "listDriftReports",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List the drift reports",
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: "Reports, newest first; none before the first cycle of the trainer",
      content: {
        "application/json": {
          schema: responseSchema,
          example: { reports: [driftReportExample], next_cursor: null },
        },
      },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type ListDriftReportsDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/** GET /monitoring/drift */
export function addListDriftReports(app: App, { monitoring, slots, limits }: ListDriftReportsDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const { items, nextCursor } = await work.race(monitoring.listDriftReports(c.req.valid("query")));
      const body = { reports: items.map(toDriftReportBody), next_cursor: nextCursor };
      return c.json(responseSchema.parse(body), 200);
    } finally {
      work.end();
    }
  });
}
