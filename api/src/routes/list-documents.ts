import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { documentExample, documentSchema } from "../http/document-schema.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { languageSchema } from "../http/language-schema.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { toDocumentBody } from "../http/to-document-body.ts";

const querySchema = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(50)
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 50 }),
  cursor: identifierSchema(500).optional().openapi({ description: "next_cursor of the page before." }),
  language: languageSchema.optional(),
});

const pageSchema = z
  .object({
    documents: z.array(documentSchema),
    next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
  })
  .openapi("DocumentPage");

const allowed = allow("knowledge", "agent");

const route = createRoute({
  method: "get",
  path: "/documents",
  operationId: "listDocuments",
  tags: ["Knowledge"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List the documents by external_id, a page at a time",
  request: { query: querySchema },
  responses: {
    200: {
      description: "A page of documents, without their text",
      content: {
        "application/json": {
          schema: pageSchema,
          example: { documents: [documentExample], next_cursor: null },
        },
      },
    },
    ...problemResponses("invalid_request", "database_unavailable", ...workProblems, ...keyProblems),
  },
});

type ListDocumentsDeps = Pick<AppDeps, "knowledge" | "slots" | "limits">;

/** GET /documents */
export function addListDocuments(app: App, { knowledge, slots, limits }: ListDocumentsDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const page = await work.race(knowledge.listDocuments(c.req.valid("query")));
      const body = { documents: page.documents.map(toDocumentBody), next_cursor: page.nextCursor };
      return c.json(pageSchema.parse(body), 200);
    } finally {
      work.end();
    }
  });
}
