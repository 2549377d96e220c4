import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { insufficientScope } from "../auth/insufficient-scope.ts";
import { seesTickets } from "../auth/sees-tickets.ts";
import type { App } from "../http/app-env.ts";
import { limitBody } from "../http/limit-body.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import { textSchema } from "../http/text-schema.ts";

const requestSchema = z
  .strictObject({
    query: textSchema,
    top_k: z.int().min(1).max(50).default(8),
    kinds: z
      .array(z.enum(["article", "ticket"]))
      .min(1)
      .max(2)
      .default(["article", "ticket"])
      .openapi({ description: "Solved tickets of other people are found by agents alone." }),
  })
  .openapi("SearchRequest");

const responseSchema = z
  .object({
    language: z.string().openapi({ description: "Of the query, as detected." }),
    results: z.array(
      z.object({
        kind: z.enum(["article", "ticket"]),
        id: z.string().openapi({ description: "Of the document or the ticket." }),
        chunk_id: z.string(),
        title: z.string(),
        heading: z.string().nullable(),
        url: z.string().nullable(),
        content: z.string(),
        language: z.string(),
        relevance: z.enum(["high", "medium", "low"]),
      }),
    ),
  })
  .openapi("SearchResponse");

const example = {
  language: "en",
  results: [
    {
      kind: "article" as const,
      id: "019ab8f1-02d4-7e11-8a57-64c0f3b1d9aa",
      chunk_id: "019ab8f1-02d6-7400-b4aa-0cf19bb8a3de",
      title: "The VPN does not connect",
      heading: "Try this first",
      url: null,
      content: "1. Check that the Internet works without the VPN.",
      language: "en",
      relevance: "high" as const,
    },
  ],
};

const allowed = allow("ask", "agent");

const route = createRoute({
  method: "post",
  path: "/search",
  operationId: "search",
  tags: ["Ask"],
  security: allowed.security,
  summary: "Find passages of articles and solved tickets, without an answer",
  middleware: [allowed.authorize, limitBody(100_000)] as const,
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: requestSchema, example: { query: "vpn does not connect" } } },
    },
  },
  responses: {
    200: {
      description: "Passages, best first; none where nothing fits",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses(
      ...bodyProblems,
      "empty_text",
      "text_too_long",
      "too_many_items",
      "database_unavailable",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type SearchRouteDeps = Pick<AppDeps, "searchPassages" | "slots" | "limits">;

/** POST /search */
export function addSearch(app: App, { searchPassages, slots, limits }: SearchRouteDeps): void {
  app.openapi(route, async (c) => {
    const { query, top_k: topK, kinds } = c.req.valid("json");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const shown = seesTickets(c.get("caller")) ? kinds : kinds.filter((kind) => kind === "article");
      if (shown.length === 0)
        throw insufficientScope(["agent"], "Solved tickets of other people are searched");
      const found = await work.race(searchPassages({ query, topK, kinds: shown, signal: work.signal }));
      const results = found.passages.map(({ sourceId, chunkId, ...passage }) => ({
        ...passage,
        id: sourceId,
        chunk_id: chunkId,
      }));
      return c.json(responseSchema.parse({ language: found.language, results }), 200);
    } finally {
      work.end();
    }
  });
}
