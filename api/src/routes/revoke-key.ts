import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { actorOf } from "../auth/actor-of.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { keyPrefixPattern } from "../auth/key-pattern.ts";
import type { App } from "../http/app-env.ts";
import { keyExample, keySchema, toKeyBody } from "../http/key-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { Problem } from "../problem.ts";

const paramSchema = z.object({
  prefix: z
    .string()
    .regex(keyPrefixPattern, "is no prefix of a key: sia_ and eight characters")
    .openapi({ param: { name: "prefix", in: "path" }, example: keyExample.prefix }),
});

const querySchema = z.strictObject({
  distrust_labels: z
    .enum(["true", "false"])
    .default("false")
    .openapi({ description: "What this key said of predictions trains nothing any more, either." }),
});

const allowed = allow("admin");

const route = createRoute({
  method: "delete",
  path: "/keys/{prefix}",
  operationId: "revokeKey",
  tags: ["Keys"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Revoke a key; every instance refuses it within five seconds",
  request: { params: paramSchema, query: querySchema },
  responses: {
    200: {
      description: "Revoked, now or before",
      content: {
        "application/json": {
          schema: keySchema,
          example: { ...keyExample, revoked_at: "2026-11-23T17:02:11.000Z" },
        },
      },
    },
    ...problemResponses(
      "invalid_id",
      "invalid_request",
      "cross_site_request",
      "key_not_found",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type RevokeKeyDeps = Pick<AppDeps, "keys" | "slots" | "limits">;

/** DELETE /keys/{prefix} */
export function addRevokeKey(app: App, { keys, slots, limits }: RevokeKeyDeps): void {
  app.openapi(route, async (c) => {
    const { prefix } = c.req.valid("param");
    const distrustsLabels = c.req.valid("query").distrust_labels === "true";
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const revoked = await work.race(keys.revoke({ prefix, distrustsLabels }, actorOf(c.get("caller"))));
      if (!revoked) throw new Problem("key_not_found", `No key begins with ${prefix}. GET /keys lists them.`);
      return c.json(keySchema.parse(toKeyBody(revoked)), 200);
    } finally {
      work.end();
    }
  });
}
