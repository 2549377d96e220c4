import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App, AppEnv } from "../http/app-env.ts";
import { documentRequestBody, readDocumentBody } from "../http/document-body.ts";
import { documentNotFound } from "../http/document-not-found.ts";
import { documentDescriptionSchema, putDocumentExample, putDocumentSchema } from "../http/document-schema.ts";
import { idParamSchema } from "../http/id-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { problemOfIssues } from "../http/problem-of-issues.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { documentLimits } from "../knowledge/document-limits.ts";
import type { DocumentInput, PutDocumentResult } from "../knowledge/put-document.ts";

const documentProblems = [
  ...bodyProblems,
  "unreadable_document",
  "empty_document",
  "database_unavailable",
  ...workProblems,
  ...keyProblems,
] as const;

const stored = (description: string, outcome: PutDocumentResult["outcome"]) => ({
  description,
  content: {
    "application/json": { schema: putDocumentSchema, example: { ...putDocumentExample, outcome } },
  },
});

const description =
  "Markdown, HTML, plain text or PDF: as JSON with its text, as a form with a `file`, or as the bare bytes under their media " +
  "type with the description in the query. It is split, embedded and searchable when the call returns.";

const allowed = allow("knowledge");

const postRoute = createRoute({
  method: "post",
  path: "/documents",
  operationId: "addDocument",
  tags: ["Knowledge"],
  security: allowed.security,
  summary: "Add a document, or replace the one with the same external_id",
  description,
  request: { query: documentDescriptionSchema, body: documentRequestBody },
  responses: {
    200: stored("Replaced, or found to be the same", "replaced"),
    201: stored("Added", "created"),
    ...problemResponses(...documentProblems),
  },
});

const putRoute = createRoute({
  method: "put",
  path: "/documents/{id}",
  operationId: "replaceDocument",
  tags: ["Knowledge"],
  security: allowed.security,
  summary: "Replace a document; its id and external_id stay",
  description,
  request: {
    params: idParamSchema,
    query: documentDescriptionSchema.omit({ external_id: true }),
    body: documentRequestBody,
  },
  responses: {
    200: stored("Replaced, or found to be the same", "replaced"),
    ...problemResponses(...documentProblems, "invalid_id", "document_not_found"),
  },
});

type PutDocumentsDeps = Pick<AppDeps, "knowledge" | "slots" | "limits">;

/**
 * POST /documents and PUT /documents/{id}. Their bodies come in six media types, so they are read here and not by the
 * framework's validators; the document is described by the same schemas.
 */
export function addPutDocuments(app: App, { knowledge, slots, limits }: PutDocumentsDeps): void {
  const put = async (c: Context<AppEnv>, complete: (input: DocumentInput) => Promise<DocumentInput>) => {
    // A manual of 2,000 passages takes an embedder minutes.
    const work = await startWork(slots, c.req.raw.signal, limits.importDeadlineMs);
    try {
      const input = await work.race(complete(await readDocumentBody(c)));
      const result = await work.race(knowledge.putDocument(input, { signal: work.signal }));
      const { externalId, chunkCount, ...rest } = result;
      return putDocumentSchema.parse({ ...rest, external_id: externalId, chunk_count: chunkCount });
    } finally {
      work.end();
    }
  };

  app.openAPIRegistry.registerPath(postRoute);
  app.post(postRoute.getRoutingPath(), allowed.authorize, limitBody(documentLimits.bytes), async (c) => {
    const body = await put(c, async (input) => input);
    return c.json(body, body.outcome === "created" ? 201 : 200);
  });

  app.openAPIRegistry.registerPath(putRoute);
  app.put(putRoute.getRoutingPath(), allowed.authorize, limitBody(documentLimits.bytes), async (c) => {
    const params = idParamSchema.safeParse(c.req.param());
    if (!params.success) throw problemOfIssues(params.error.issues, "param");
    const body = await put(c, async (input) => {
      const known = await knowledge.getDocument(params.data.id);
      if (!known) throw documentNotFound();
      return { ...input, externalId: known.externalId };
    });
    return c.json(body, 200);
  });
}
