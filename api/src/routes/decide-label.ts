import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { actorOf } from "../auth/actor-of.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { idParamSchema } from "../http/id-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { Problem } from "../problem.ts";

const bodySchema = z.strictObject({ verdict: z.enum(["accepted", "rejected"]) }).openapi("LabelVerdict");

const allowed = allow("admin");

const example = { verdict: "accepted" as const };

const route = createRoute({
  method: "put",
  path: "/labels/{id}/verdict",
  operationId: "decideLabel",
  tags: ["Labels"],
  security: allowed.security,
  summary: "Take a label out of quarantine, or never use it",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    params: idParamSchema,
    body: { required: true, content: { "application/json": { schema: bodySchema, example } } },
  },
  responses: {
    200: {
      description: "Recorded; the newest verdict counts",
      content: { "application/json": { schema: bodySchema, example } },
    },
    ...problemResponses(...bodyProblems, "invalid_id", "label_not_found", ...workProblems, ...keyProblems),
  },
});

type DecideLabelDeps = Pick<AppDeps, "labels" | "slots" | "limits">;

/** PUT /labels/{id}/verdict */
export function addDecideLabel(app: App, { labels, slots, limits }: DecideLabelDeps): void {
  app.openapi(route, async (c) => {
    const { verdict } = c.req.valid("json");
    const labelId = c.req.valid("param").id;
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      if (!(await work.race(labels.decide({ labelId, verdict }, actorOf(c.get("caller"))))))
        throw new Problem("label_not_found", "No label has this id. GET /labels lists them.");
      return c.json({ verdict }, 200);
    } finally {
      work.end();
    }
  });
}
