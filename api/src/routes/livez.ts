import { createRoute, z } from "@hono/zod-openapi";
import type { App } from "../http/app-env.ts";

const livezSchema = z.object({ status: z.literal("alive") }).openapi("Livez");

const route = createRoute({
  method: "get",
  path: "/livez",
  operationId: "livez",
  tags: ["Operations"],
  summary: "Whether the process answers at all",
  responses: {
    200: {
      description: "It does",
      content: { "application/json": { schema: livezSchema, example: { status: "alive" } } },
    },
  },
});

/** GET /livez: an orchestrator restarts what does not answer this. It asks nothing of database or models. */
export function addLivez(app: App): void {
  app.openapi(route, (c) => c.json(livezSchema.parse({ status: "alive" }), 200));
}
