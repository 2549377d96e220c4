import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { identifierSchema } from "../http/identifier-schema.ts";
import { limitBody } from "../http/limit-body.ts";
import { problemOfIssues } from "../http/problem-of-issues.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { readPieces } from "../http/read-pieces.ts";
import { startWork } from "../http/start-work.ts";
import { toProblem } from "../http/to-problem.ts";
import { importTickets } from "../imports/import-tickets.ts";
import {
  importedTicketSchema,
  readCsvTickets,
  readJsonLines,
  type TicketRow,
} from "../imports/read-tickets.ts";
import { Problem } from "../problem.ts";

const querySchema = z.strictObject({
  source: identifierSchema(100).default("api").openapi({
    description: "Which tool the tickets are from: one ticket for each source and id.",
  }),
});

const rejectedSchema = z.object({ line: z.int(), reason: z.string() });

const responseSchema = z
  .object({
    stored: z.int().openapi({ description: "All rows that are in now: created, replaced and unchanged." }),
    created: z.int(),
    replaced: z.int(),
    unchanged: z.int(),
    searchable: z
      .int()
      .openapi({ description: "How many of them are solved, hence found as similar tickets." }),
    rejected_count: z.int(),
    rejected: z.array(rejectedSchema).openapi({ description: "The first 1,000 of them." }),
  })
  .openapi("TicketsResult");

const example = {
  stored: 2,
  created: 2,
  replaced: 0,
  unchanged: 0,
  searchable: 1,
  rejected_count: 1,
  rejected: [{ line: 3, reason: "body: Invalid input: expected string, received undefined" }],
};

const ticket = {
  id: "INC-1042",
  subject: "VPN bloqué",
  body: "Le VPN refuse mon mot de passe depuis ce matin.",
  answer: "Mot de passe expiré : changé par le portail, VPN relancé.",
  queue: "Network / Infrastructure",
  urgency: "high",
};

const lines = { type: "string" as const };

const allowed = allow("knowledge");

const route = createRoute({
  method: "post",
  path: "/tickets",
  operationId: "addTickets",
  tags: ["Knowledge"],
  security: allowed.security,
  summary: "Add solved tickets: rows to train on, and similar tickets to show",
  description:
    "One ticket as JSON, or any number as JSON lines or CSV with a header (id, body, and what else a ticket has). Rows are stored as " +
    "they come in; a row that is no ticket is named by its line and does not stop the others. The same id again replaces.",
  request: {
    query: querySchema,
    body: {
      required: true,
      content: {
        "application/json": { schema: importedTicketSchema.openapi("Ticket"), example: ticket },
        "application/x-ndjson": { schema: lines, example: `${JSON.stringify(ticket)}\n` },
        "text/csv": {
          schema: lines,
          example: 'id,body,queue\nINC-1042,"The VPN, again",Network / Infrastructure\n',
        },
      },
    },
  },
  responses: {
    200: {
      description: "What was stored, and what was not",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses(...bodyProblems, "database_unavailable", ...workProblems, ...keyProblems),
  },
});

type TicketsDeps = Pick<AppDeps, "knowledge" | "slots" | "limits">;

/**
 * POST /tickets. Its bodies are streams, so they are read here and not by the framework's validators; the memory holds one
 * batch of rows.
 */
export function addTickets(app: App, { knowledge, slots, limits }: TicketsDeps): void {
  app.openAPIRegistry.registerPath(route);
  const limitSingle = limitBody(1_000_000);
  app.post(route.getRoutingPath(), allowed.authorize, async (c) => {
    const query = querySchema.safeParse(c.req.query());
    if (!query.success) throw problemOfIssues(query.error.issues, "query");
    const mediaType = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (mediaType === "application/json") await limitSingle(c, async () => {});
    const work = await startWork(slots, c.req.raw.signal, limits.importDeadlineMs);
    let stored = 0;
    const progress = (count: number) => {
      stored = count;
    };
    try {
      const pieces = () => readPieces(c.req.raw, { maxBytes: limits.maxImportBytes });
      const rows = await readRows(mediaType, pieces, () => c.req.json());
      const options = { source: query.data.source, signal: work.signal, onProgress: progress };
      const { rejectedCount, ...counts } = await work.race(
        importTickets(knowledge.putTickets, rows, options),
      );
      return c.json(responseSchema.parse({ ...counts, stored, rejected_count: rejectedCount }), 200);
    } catch (error) {
      throw stored === 0 ? error : cutOff(error, stored);
    } finally {
      work.end();
    }
  });
}

/** The same problem, and how far the import came. */
function cutOff(error: unknown, stored: number): Problem {
  const { code, message, headers, cause } = toProblem(error);
  const said = `${message} ${stored} tickets are stored; send all of them again, and none is stored twice.`;
  return new Problem(code, said, { headers, cause });
}

async function readRows(
  mediaType: string | undefined,
  pieces: () => AsyncIterable<Uint8Array>,
  json: () => Promise<unknown>,
): Promise<AsyncIterable<TicketRow>> {
  if (mediaType === "application/x-ndjson" || mediaType === "application/jsonl")
    return readJsonLines(pieces());
  if (mediaType === "text/csv") return readCsvTickets(pieces());
  if (mediaType === "application/json") return one(await readTicket(json));
  throw new Problem(
    "unsupported_media_type",
    "Send one ticket as application/json, or many as application/x-ndjson or text/csv.",
  );
}

async function readTicket(json: () => Promise<unknown>): Promise<TicketRow> {
  const value = await json().catch((cause: unknown) => {
    throw new Problem(
      "malformed_json",
      "The body cannot be read as JSON. Many tickets go as application/x-ndjson.",
      { cause },
    );
  });
  const parsed = importedTicketSchema.safeParse(value);
  if (!parsed.success) throw problemOfIssues(parsed.error.issues, "json");
  return { line: 1, ticket: parsed.data };
}

async function* one(row: TicketRow): AsyncGenerator<TicketRow, void> {
  yield row;
}
