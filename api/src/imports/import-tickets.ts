import type { Ticket } from "@support-it-agent/shared/ticket";
import type { PutTicketsResult } from "../knowledge/put-tickets.ts";
import type { TicketRow } from "./read-tickets.ts";

export type PutTickets = (
  tickets: readonly Ticket[],
  options: { source: string; signal?: AbortSignal },
) => Promise<PutTicketsResult>;

export type ImportResult = PutTicketsResult & {
  /** Rows that were none, all counted, the first of them named. */
  readonly rejectedCount: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
};

const batchSize = 100;
const maxNamed = 1_000;

/**
 * Stores rows as they come in, in batches, so that the memory holds one batch however long the import is. `onProgress` is told
 * after each batch. A batch that fails ends the import with its error; what came before it stays, and sending all of it
 * again changes nothing twice.
 */
export async function importTickets(
  putTickets: PutTickets,
  rows: AsyncIterable<TicketRow>,
  options: { source: string; signal: AbortSignal; onProgress?: (stored: number) => void },
): Promise<ImportResult> {
  const total = { created: 0, replaced: 0, unchanged: 0, searchable: 0 };
  const rejected: { line: number; reason: string }[] = [];
  let rejectedCount = 0;
  let batch: Ticket[] = [];
  const store = async () => {
    if (batch.length === 0) return;
    const { source, signal } = options;
    const result = await putTickets(batch, { source, signal });
    total.created += result.created;
    total.replaced += result.replaced;
    total.unchanged += result.unchanged;
    total.searchable += result.searchable;
    batch = [];
    options.onProgress?.(total.created + total.replaced + total.unchanged);
  };
  for await (const row of rows) {
    options.signal.throwIfAborted();
    if ("ticket" in row) batch.push(row.ticket);
    else {
      rejectedCount += 1;
      if (rejected.length < maxNamed) rejected.push({ line: row.line, reason: row.reason });
    }
    if (batch.length === batchSize) await store();
  }
  await store();
  return { ...total, rejectedCount, rejected };
}
