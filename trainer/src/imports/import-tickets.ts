import type { Ticket } from "@support-it-agent/shared/ticket";
import type { RecordFile } from "./open-records.ts";
import { asFilterText, type RowFilter } from "./row-filter.ts";
import { type ToTicketOptions, toTicket } from "./to-ticket.ts";

/** Where tickets go. */
export type TicketSink = {
  /** Stores a batch; the same ticket again changes nothing. */
  put(tickets: readonly Ticket[]): Promise<{ created: number; replaced: number; unchanged: number }>;
};

export type ImportOptions = ToTicketOptions & {
  /** Rows that do not match are left out. */
  readonly filters?: readonly RowFilter[];
  /** Told of each row that is no ticket. */
  readonly onReject: (line: number, reason: string) => Promise<void>;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
};

export type ImportSummary = {
  /** Rows of the file. */
  read: number;
  created: number;
  replaced: number;
  unchanged: number;
  /** Rows whose id stood in the file before: the first one counts. */
  repeated: number;
  /** Rows that the filters leave out. */
  left_out: number;
  rejected: number;
  /** Rejected rows by reason. */
  readonly reasons: Record<string, number>;
};

/** Few enough that a batch is embedded and stored in seconds: what a kill may cost. */
const batchSize = 200;

/**
 * Stores a file's rows as they are read, in batches: memory holds one batch and the ids. A run that was killed goes on when it is
 * started again, because the store knows what it has by (source, id) and passes over what is unchanged.
 */
export async function importTickets(
  file: RecordFile,
  sink: TicketSink,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = {
    read: 0,
    created: 0,
    replaced: 0,
    unchanged: 0,
    repeated: 0,
    left_out: 0,
    rejected: 0,
    reasons: {},
  };
  const seen = new Set<string>();
  let batch: Ticket[] = [];
  const store = async () => {
    if (batch.length === 0) return;
    const { created, replaced, unchanged } = await sink.put(batch);
    summary.created += created;
    summary.replaced += replaced;
    summary.unchanged += unchanged;
    batch = [];
  };
  const reject = async (line: number, kind: string, reason: string) => {
    summary.rejected += 1;
    summary.reasons[kind] = (summary.reasons[kind] ?? 0) + 1;
    await options.onReject(line, reason);
  };
  const filters = options.filters ?? [];
  const columns = [...Object.values(options.mapping), ...filters.map(({ column }) => column)];
  for await (const record of file.read([...new Set(columns)], options.onProgress)) {
    options.signal?.throwIfAborted();
    summary.read += 1;
    if ("reason" in record) {
      await reject(record.line, "unreadable row", record.reason);
      continue;
    }
    const { values } = record;
    if (!filters.every(({ column, wanted }) => wanted.includes(asFilterText(values[column])))) {
      summary.left_out += 1;
      continue;
    }
    const made = toTicket(values, options);
    if ("reason" in made) await reject(record.line, made.kind, made.reason);
    else if (seen.has(made.ticket.id)) summary.repeated += 1;
    else {
      seen.add(made.ticket.id);
      batch.push(made.ticket);
      if (batch.length === batchSize) await store();
    }
  }
  await store();
  options.onProgress(file.size);
  return summary;
}
