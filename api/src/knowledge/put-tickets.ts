import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import type { Ticket } from "@support-it-agent/shared/ticket";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { addKnownQueues } from "../records/add-known-queues.ts";
import { anonymousText } from "./anonymous-text.ts";
import { bm25, chunkRow } from "./chunk-row.ts";
import { embedInBatches } from "./embed-in-batches.ts";
import { ensureVectorIndex } from "./ensure-vector-index.ts";
import type { KnowledgeDeps } from "./put-document.ts";

export type PutTicketsResult = {
  readonly created: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** How many of them are solved, hence can be found as similar tickets. */
  readonly searchable: number;
};

/** More in one statement would hold its lock for long; callers stream in batches of this size. */
export const maxTicketsAtOnce = 500;

/** Longer resolutions are cut for search and display; the ticket's row keeps all of it. */
const maxResolutionLength = 2_000;

/**
 * Stores tickets, in place of those with the same (source, id): training rows, and, where they carry an answer, solved
 * tickets that are found by their problem and show their resolution. Their queues are known from then on. Of several with
 * one id in a batch the last counts. An unchanged ticket is not embedded again. Throws RangeError beyond maxTicketsAtOnce, DatabaseUnavailableError.
 */
export async function putTickets(
  { database, embedder }: KnowledgeDeps,
  tickets: readonly Ticket[],
  { source, signal }: { source: string; signal?: AbortSignal },
): Promise<PutTicketsResult> {
  if (tickets.length > maxTicketsAtOnce) {
    throw new RangeError(`${tickets.length} tickets at once; send at most ${maxTicketsAtOnce} a call`);
  }
  const rows = [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()].map((ticket) =>
    ticketRow(ticket, source),
  );
  const known = await findUnchanged({ database, embedder }, rows);
  const changed = rows.filter((row) => !known.has(row.external_id));
  const solved = changed.filter((row) => row.answer !== null);
  const problems = solved.map((row) => anonymousText(ticketText(row)));
  const vectors = await embedInBatches(embedder, problems, signal ? { signal } : {});
  const chunks = new Map(
    solved.map((row, index) => [
      row.external_id,
      chunkRow(
        solvedTicket(row, problems[index] ?? ""),
        vectors[index] ?? new Float32Array(),
        embedder.maker,
      ),
    ]),
  );
  const stored = await write(
    database,
    changed.map((row) => ({ ...row, chunk: chunks.get(row.external_id) ?? null })),
  );
  await addKnownQueues(
    database,
    changed.flatMap(({ queue }) => (queue === null ? [] : [queue])),
    "import",
  );
  if (solved.length > 0) await ensureVectorIndex(database, "ticket");
  const created = stored.filter((row) => row.created).length;
  return {
    created,
    replaced: stored.length - created,
    unchanged: known.size,
    searchable: rows.filter((row) => row.answer !== null).length,
  };
}

type TicketRow = ReturnType<typeof ticketRow>;

function ticketRow(ticket: Ticket, source: string) {
  const body = prepareText(ticket.body);
  const answer = prepareText(ticket.answer ?? "").text.trim();
  return {
    id: crypto.randomUUID(),
    source,
    external_id: ticket.id,
    subject: prepareText(ticket.subject).text,
    body: body.text,
    answer: answer === "" ? null : answer,
    queue: ticket.queue ?? null,
    urgency: ticket.urgency ?? null,
    language: ticket.language ?? body.language,
    occurred_at: ticket.created_at ?? null,
  };
}

function solvedTicket(row: TicketRow, problem: string) {
  const firstLine = row.body.split("\n").find((line) => line.trim() !== "") ?? "";
  return {
    kind: "ticket" as const,
    ordinal: 0,
    title: anonymousText(row.subject || firstLine).slice(0, maxTitleLength),
    heading: null,
    url: null,
    content: cut(anonymousText(row.answer ?? "")),
    language: row.language,
    searchedOnly: row.subject ? anonymousText(row.body) : problem,
  };
}

const maxTitleLength = 160;

function cut(resolution: string): string {
  if (resolution.length <= maxResolutionLength) return resolution;
  const head = resolution.slice(0, maxResolutionLength);
  return `${head.slice(0, Math.max(head.lastIndexOf(" "), 1))}…`;
}

/** External ids of the rows that stand in the database as they are, and whose chunk, where they have one, is of this embedder. */
async function findUnchanged({ database, embedder }: KnowledgeDeps, rows: readonly TicketRow[]) {
  const found = await database.rows(
    sql`select t.external_id from jsonb_populate_recordset(null::tickets, ${JSON.stringify(rows)}::jsonb) r
      join tickets t on t.source = r.source and t.external_id = r.external_id
      left join rag_docs c on c.ticket_id = t.id
      where (t.subject, t.body, t.answer, t.queue, t.urgency, t.language, t.occurred_at)
        is not distinct from (r.subject, r.body, r.answer, r.queue, r.urgency, r.language, r.occurred_at)
      and (t.answer is null or c.embedder = ${embedder.maker})`,
    { isRead: true },
  );
  return new Set(found.map((row) => z.object({ external_id: z.string() }).parse(row).external_id));
}

async function write(database: KnowledgeDeps["database"], rows: readonly object[]) {
  if (rows.length === 0) return [];
  const stored = await database.rows(
    sql`select created from put_tickets(${JSON.stringify(rows)}::jsonb, ${bm25.k1}, ${bm25.b}, ${bm25.pivot})`,
    { deadlineMs: 120_000 },
  );
  return stored.map((row) => z.object({ created: z.boolean() }).parse(row));
}
