import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { keyExample, keySchema, toKeyBody } from "../http/key-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const responseSchema = z.object({ keys: z.array(keySchema) }).openapi("Keys");

const allowed = allow("admin");

const route = createRoute({
  method: "get",
  path: "/keys",
  operationId: "listKeys",
  tags: ["Keys"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List the keys, revoked and expired ones included",
  responses: {
    200: {
      description: "The keys, newest first",
      content: { "application/json": { schema: responseSchema, example: { keys: [keyExample] } } },
    },
    ...problemResponses(...workProblems, ...keyProblems),
  },
});

type ListKeysDeps = Pick<AppDeps, "keys" | "slots" | "limits">;

/** GET /keys */
export function addListKeys(app: App, { keys, slots, limits }: ListKeysDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const all = await work.race(keys.list());
      return c.json(responseSchema.parse({ keys: all.map(toKeyBody) }), 200);
    } finally {
      work.end();
    }
  });
}
