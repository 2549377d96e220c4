import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { documentNotFound } from "../http/document-not-found.ts";
import { documentExample, documentSchema } from "../http/document-schema.ts";
import { idParamSchema } from "../http/id-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { toDocumentBody } from "../http/to-document-body.ts";

const responseSchema = documentSchema
  .extend({ content: z.string().openapi({ description: "Plain text, without secrets." }) })
  .openapi("DocumentWithContent");

const example = {
  ...documentExample,
  content: "Try this first\n\n1. Check that the Internet works without the VPN.",
};

const allowed = allow("ask", "agent", "knowledge");

const route = createRoute({
  method: "get",
  path: "/documents/{id}",
  operationId: "getDocument",
  tags: ["Knowledge"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Read one document",
  request: { params: idParamSchema },
  responses: {
    200: {
      description: "The document with its text",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses(
      "invalid_id",
      "document_not_found",
      "database_unavailable",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type GetDocumentDeps = Pick<AppDeps, "knowledge" | "slots" | "limits">;

/** GET /documents/{id} */
export function addGetDocument(app: App, { knowledge, slots, limits }: GetDocumentDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const document = await work.race(knowledge.getDocument(c.req.valid("param").id));
      if (!document) throw documentNotFound();
      return c.json(responseSchema.parse({ ...toDocumentBody(document), content: document.content }), 200);
    } finally {
      work.end();
    }
  });
}
