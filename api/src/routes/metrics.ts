import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses } from "../http/problem-responses.ts";

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "metrics",
  tags: ["Operations"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Numbers of this instance for Prometheus",
  responses: {
    200: {
      description: "Prometheus text format, version 0.0.4",
      content: {
        "text/plain": {
          schema: z.string(),
          example:
            '# TYPE http_requests_total counter\nhttp_requests_total{method="POST",route="/ask",status="200"} 17\n',
        },
      },
    },
    ...problemResponses(...keyProblems),
  },
});

/** GET /metrics */
export function addMetrics(app: App, { metrics }: Pick<AppDeps, "metrics">): void {
  app.openapi(route, (c) =>
    c.text(metrics.render(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
  );
}
