import { createRoute } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { documentNotFound } from "../http/document-not-found.ts";
import { idParamSchema } from "../http/id-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const allowed = allow("knowledge");

const route = createRoute({
  method: "delete",
  path: "/documents/{id}",
  operationId: "deleteDocument",
  tags: ["Knowledge"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Delete a document, its passages and their vectors",
  request: { params: idParamSchema },
  responses: {
    204: { description: "Deleted: no answer can quote it any more" },
    ...problemResponses(
      "invalid_id",
      "document_not_found",
      "cross_site_request",
      "database_unavailable",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type DeleteDocumentDeps = Pick<AppDeps, "knowledge" | "slots" | "limits">;

/** DELETE /documents/{id} */
export function addDeleteDocument(app: App, { knowledge, slots, limits }: DeleteDocumentDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      if (!(await work.race(knowledge.deleteDocument(c.req.valid("param").id)))) throw documentNotFound();
      return c.body(null, 204);
    } finally {
      work.end();
    }
  });
}
