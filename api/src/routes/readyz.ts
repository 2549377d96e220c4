import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { Problem } from "../problem.ts";

const readyzSchema = z.object({ status: z.literal("ready"), model_version: z.string() }).openapi("Readyz");

const route = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "readyz",
  tags: ["Operations"],
  summary: "Whether this instance should be given requests",
  description:
    "Ready means: models loaded and warmed, migrations at least at what this version needs, stored vectors of the embedder in " +
    "use. Once ready it stays so: a database that goes away later makes answers smaller, not the instance useless.",
  responses: {
    200: {
      description: "It should",
      content: {
        "application/json": {
          schema: readyzSchema,
          example: { status: "ready" as const, model_version: "2026.11.22-1f3a9c" },
        },
      },
    },
    ...problemResponses("not_ready"),
  },
});

/** GET /readyz */
export function addReadyz(app: App, { findMissing, model }: Pick<AppDeps, "findMissing" | "model">): void {
  app.openapi(route, async (c) => {
    const missing = await findMissing();
    if (missing.length > 0) {
      const said = missing.map(({ message }) => message).join(" ");
      throw new Problem("not_ready", said, { errors: missing });
    }
    return c.json(readyzSchema.parse({ status: "ready", model_version: model().version }), 200);
  });
}
