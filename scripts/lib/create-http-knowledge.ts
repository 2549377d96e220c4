import { z } from "zod";
import { callServer, type ServerCall, ServerRefusal } from "./call-server.ts";
import { DocumentRefusal } from "./document-refusal.ts";
import type { KnowledgeWriter } from "./open-knowledge.ts";

const outcomeSchema = z.object({ outcome: z.enum(["created", "replaced", "unchanged"]) });
const pageSchema = z
  .object({
    documents: z.array(z.object({ id: z.string(), external_id: z.string() })),
    next_cursor: z.string().nullable(),
  })
  .transform(({ documents, next_cursor }) => ({
    documents: documents.map(({ id, external_id }) => ({ id, externalId: external_id })),
    nextCursor: next_cursor,
  }));
const count = z.number().int();
const importSchema = z.object({
  created: count,
  replaced: count,
  unchanged: count,
  searchable: count,
  rejected_count: count,
  rejected: z.array(z.object({ line: count, reason: z.string() })),
});

/** Answers that concern the document that was sent; the others concern whatever is sent. */
const statusesOfOne = [400, 404, 409, 413, 415, 422, 500, 504];

/** The server gives an import an hour by default, and then says so itself. */
const documentDeadlineMs = 3_660_000;

/**
 * The knowledge base behind a running server: its /documents and POST /tickets. `key` has the scope knowledge, where the server
 * asks for one.
 */
export function createHttpKnowledge(url: string, key: string | undefined): KnowledgeWriter {
  const call = (path: string, query: Record<string, string | undefined>, sent: ServerCall) => {
    const address = new URL(path, url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, value);
    return callServer(address, sent, key);
  };
  return {
    target: `the server at ${url}`,
    putDocument: async ({ bytes, mediaType, externalId, title, language, queue, url: source }) => {
      const query = { external_id: externalId, title, language, queue, url: source };
      const headers = { "content-type": mediaType };
      const sent = { method: "POST", headers, body: bytes, deadlineMs: documentDeadlineMs };
      const answer = await call("/documents", query, sent).catch((error: unknown) => {
        const isOfOne = error instanceof ServerRefusal && statusesOfOne.includes(error.status);
        throw isOfOne ? new DocumentRefusal(error.message, { cause: error }) : error;
      });
      return outcomeSchema.parse(answer).outcome;
    },
    listDocuments: async (cursor) => pageSchema.parse(await call("/documents", { limit: "100", cursor }, {})),
    deleteDocument: async (id) => {
      await callServer(new URL(`/documents/${id}`, url), { method: "DELETE" }, key, [404]);
    },
    putTickets: async (tickets, source) => {
      const lines = tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join("");
      const headers = { "content-type": "application/x-ndjson" };
      const answer = await call("/tickets", { source }, { method: "POST", headers, body: lines });
      const { rejected_count, rejected, ...stored } = importSchema.parse(answer);
      const [first] = rejected;
      if (first === undefined && rejected_count === 0) return stored;
      const id = tickets[(first?.line ?? 1) - 1]?.id;
      throw new Error(
        `The server at ${url} refused ${rejected_count} of ${tickets.length} tickets, "${id}" first: ${first?.reason}. ` +
          "Its version is another one than this command's: restart it (./scripts/start), then run the same command again.",
      );
    },
    close: async () => {},
  };
}
