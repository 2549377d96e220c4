import { z } from "zod";
import { DocumentError } from "../../api/src/knowledge/document-error.ts";
import type { KnowledgeWriter } from "./open-knowledge.ts";

const outcomeSchema = z.object({ outcome: z.enum(["created", "replaced", "unchanged"]) });
const count = z.number().int();
const importSchema = z.object({ created: count, replaced: count, unchanged: count, searchable: count });
const problemSchema = z.object({ code: z.string(), detail: z.string().optional(), title: z.string() });

/** Longest that one document may take, embedding included. */
const deadlineMs = 120_000;

/** The knowledge base behind a running server: its POST /documents and POST /tickets. */
export function createHttpKnowledge(url: string): KnowledgeWriter {
  const post = async (
    path: string,
    query: Record<string, string | undefined>,
    contentType: string,
    body: BodyInit,
  ) => {
    const address = new URL(path, url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, value);
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": contentType },
      body,
      signal: AbortSignal.timeout(deadlineMs),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const problem = problemSchema.safeParse(answer);
    const message = problem.success ? (problem.data.detail ?? problem.data.title) : `HTTP ${response.status}`;
    if (response.status === 422 || response.status === 413)
      throw new DocumentError("unreadable_document", message);
    throw new Error(`${address.pathname} of ${url} answered ${response.status}: ${message}`);
  };
  return {
    target: `the server at ${url}`,
    putDocument: async ({ bytes, mediaType, externalId, title, language, queue, url: source }) => {
      const query = { external_id: externalId, title, language, queue, url: source };
      return outcomeSchema.parse(await post("/documents", query, mediaType, new Uint8Array(bytes))).outcome;
    },
    putTickets: async (tickets, source) => {
      const lines = tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join("");
      return importSchema.parse(await post("/tickets", { source }, "application/x-ndjson", lines));
    },
    close: async () => {},
  };
}
