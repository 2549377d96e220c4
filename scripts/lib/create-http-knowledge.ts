import { z } from "zod";
import { DocumentError } from "../../api/src/knowledge/document-error.ts";
import { callServer, ServerRefusal } from "./call-server.ts";
import type { KnowledgeWriter } from "./open-knowledge.ts";

const outcomeSchema = z.object({ outcome: z.enum(["created", "replaced", "unchanged"]) });
const count = z.number().int();
const importSchema = z.object({
  created: count,
  replaced: count,
  unchanged: count,
  searchable: count,
  rejected_count: count,
  rejected: z.array(z.object({ line: count, reason: z.string() })),
});

/**
 * The knowledge base behind a running server: its POST /documents and POST /tickets. `key` has the scope knowledge, where the server
 * asks for one.
 */
export function createHttpKnowledge(url: string, key: string | undefined): KnowledgeWriter {
  const post = async (
    path: string,
    query: Record<string, string | undefined>,
    contentType: string,
    body: BodyInit,
  ) => {
    const address = new URL(path, url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, value);
    try {
      return await callServer(
        address,
        { method: "POST", headers: { "content-type": contentType }, body },
        key,
      );
    } catch (error) {
      if (error instanceof ServerRefusal && (error.status === 422 || error.status === 413))
        throw new DocumentError("unreadable_document", error.message);
      throw error;
    }
  };
  return {
    target: `the server at ${url}`,
    putDocument: async ({ bytes, mediaType, externalId, title, language, queue, url: source }) => {
      const query = { external_id: externalId, title, language, queue, url: source };
      return outcomeSchema.parse(await post("/documents", query, mediaType, new Uint8Array(bytes))).outcome;
    },
    putTickets: async (tickets, source) => {
      const lines = tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join("");
      const answer = await post("/tickets", { source }, "application/x-ndjson", lines);
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
