import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { actorOf } from "../auth/actor-of.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { keyExample, keySchema, scopeSchema, toKeyBody } from "../http/key-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const requestSchema = z
  .strictObject({
    name: identifierSchema(200).openapi({ description: "Whose it is: a person, or a tool." }),
    scopes: z.array(scopeSchema).min(1).max(6),
    expires_in_days: z.int().min(1).max(3_650).optional().openapi({ description: "Never, where absent." }),
  })
  .openapi("NewKey");

const responseSchema = keySchema
  .extend({ key: z.string().openapi({ description: "Shown once, here." }) })
  .openapi("CreatedKey");

const allowed = allow("admin");

const route = createRoute({
  method: "post",
  path: "/keys",
  operationId: "createKey",
  tags: ["Keys"],
  security: allowed.security,
  summary: "Make a key; it is shown this once",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: requestSchema,
          example: { name: "Ana, second line", scopes: ["agent"], expires_in_days: 90 },
        },
      },
    },
  },
  responses: {
    201: {
      description: "The key",
      content: {
        "application/json": {
          schema: responseSchema,
          example: { ...keyExample, key: "sia_k3f7abcq_EXAMPLEexampleEXAMPLEexampleEXAMPLEexampleE" },
        },
      },
    },
    ...problemResponses(...bodyProblems, "too_many_items", ...workProblems, ...keyProblems),
  },
});

type CreateKeyDeps = Pick<AppDeps, "keys" | "slots" | "limits">;

const dayMs = 86_400_000;

/** POST /keys */
export function addCreateKey(app: App, { keys, slots, limits }: CreateKeyDeps): void {
  app.openapi(route, async (c) => {
    const { name, scopes, expires_in_days: days } = c.req.valid("json");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const expiresAt = days === undefined ? null : new Date(Date.now() + days * dayMs);
      const created = await work.race(keys.create({ name, scopes, expiresAt }, actorOf(c.get("caller"))));
      const body = responseSchema.parse({ ...toKeyBody(created), key: created.key });
      return c.json(body, 201, { "cache-control": "no-store" });
    } finally {
      work.end();
    }
  });
}
