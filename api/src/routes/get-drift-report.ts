import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import {
  driftReportExample,
  driftReportSummarySchema,
  toDriftReportBody,
} from "../http/drift-report-schema.ts";
import { prefersToJson } from "../http/prefers-to-json.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { Problem } from "../problem.ts";

const paramSchema = z.object({
  id: z
    .union([z.uuid(), z.literal("latest")])
    .openapi({ type: "string", param: { name: "id", in: "path" }, example: "latest" }),
});

const responseSchema = driftReportSummarySchema
  .extend({
    report: z
      .record(z.string(), z.unknown())
      .openapi({ description: "The numbers, as the monitor wrote them." }),
  })
  .openapi("DriftReport");

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/drift/{id}",
  operationId: "getDriftReport",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Read a drift report, or the latest one: JSON, or its page with Accept: text/html",
  request: { params: paramSchema },
  responses: {
    200: {
      description: "The report; as a page where that was asked for and one was rendered",
      content: {
        "application/json": {
          schema: responseSchema,
          example: { ...driftReportExample, report: { drift_share: 0.12 } },
        },
        "text/html": { schema: z.string(), example: "<!doctype html><title>Drift</title>" },
      },
    },
    ...problemResponses("invalid_id", "report_not_found", ...workProblems, ...keyProblems),
  },
});

type GetDriftReportDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/**
 * A page shows texts that people typed. It runs no script, loads nothing, and is in a sandbox of its own: not even a mistake in it
 * reaches a key that the help page keeps.
 */
const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** GET /monitoring/drift/{id} */
export function addGetDriftReport(app: App, { monitoring, slots, limits }: GetDriftReportDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const found = await work.race(monitoring.findDriftReport(c.req.valid("param").id));
      if (!found) {
        throw new Problem(
          "report_not_found",
          "There is no such drift report: GET /monitoring/drift lists them. The trainer writes one with each cycle.",
        );
      }
      c.header("vary", "Accept");
      if (found.page !== null && prefersToJson(c, "text/html")) {
        c.header("content-security-policy", pagePolicy);
        return c.html(found.page, 200);
      }
      const body = responseSchema.parse({ ...toDriftReportBody(found), report: found.report });
      return c.json(body, 200);
    } finally {
      work.end();
    }
  });
}
