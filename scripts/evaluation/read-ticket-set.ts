import { createReadStream } from "node:fs";
import { join } from "node:path";
import { type Urgency, urgencySchema } from "@support-it-agent/shared/labels";
import { readCsvRecords } from "@support-it-agent/shared/records/read-csv-records";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { z } from "zod";
import { readJsonLines } from "../../trainer/src/files/read-json-lines.ts";

/** A ticket of the public data. A label is null where the set gives none, or none that is asked for. */
export type EvaluationTicket = {
  readonly id: string;
  /** Joins near-duplicates: the set's own, or the ticket's id where it has none. */
  readonly group: string;
  readonly text: string;
  readonly queue: string | null;
  readonly urgency: Urgency | null;
};

const supportTicketSchema = z.object({
  id: z.string(),
  group: z.string(),
  subject: z.string().nullable(),
  body: z.string(),
  queue: z.string(),
  refined_queue: z.string().nullable(),
  urgency: urgencySchema.nullable(),
  language: z.string(),
});

type SupportTicket = z.infer<typeof supportTicketSchema>;

/** What the queue model is to learn of each set. A ticket whose queue is null trains urgency alone. */
const queueOf = {
  "refined queue": (ticket: SupportTicket) => ticket.refined_queue,
  "refined queue, body alone": (ticket: SupportTicket) => ticket.refined_queue,
  "queue, four IT classes": (ticket: SupportTicket) => (ticket.refined_queue ? ticket.queue : null),
} as const;

export type TicketSetName = keyof typeof queueOf | "topics";

/**
 * "refined queue" also has the urgency of every English ticket that was given one. Its label is a rule over the body, so that a subject's words
 * can only mislead: "body alone" says by how much.
 */
export const ticketSetNames: readonly TicketSetName[] = [
  "refined queue",
  "refined queue, body alone",
  "queue, four IT classes",
  "topics",
];

/**
 * The tickets of $EVAL_DATA_DIR/tickets that a set measures, in the file's order, raw. `queue`, `type` and `answer` of the
 * file are never part of the text. Rejects where the file is not there or a row does not fit.
 */
export async function readTicketSet(dataDir: string, name: TicketSetName): Promise<EvaluationTicket[]> {
  if (name === "topics") return readTopics(join(dataDir, "tickets/it-service-tickets.csv"));
  const rows = await readJsonLines(join(dataDir, "tickets/support-tickets.jsonl"), supportTicketSchema);
  return rows.flatMap((row): EvaluationTicket[] => {
    if (row.language !== "en") return [];
    const queue = queueOf[name](row);
    const urgency = name === "refined queue" ? row.urgency : null;
    if (queue === null && urgency === null) return [];
    const subject = name === "refined queue, body alone" ? "" : (row.subject ?? "");
    const text = ticketText({ subject, body: row.body });
    return [{ id: row.id, group: row.group, text, queue, urgency }];
  });
}

/** text,topic; a text that came before is left out. */
async function readTopics(path: string): Promise<EvaluationTicket[]> {
  const tickets: EvaluationTicket[] = [];
  const seen = new Set<string>(["text"]);
  for await (const record of readCsvRecords(createReadStream(path, "utf8"), 1_000_000)) {
    const { line } = record;
    if ("reason" in record) throw new Error(`${path}:${line} ${record.reason}`);
    const [text = "", queue = ""] = record.cells;
    if (text === "" || queue === "" || seen.has(text)) continue;
    seen.add(text);
    const id = `it-${String(line).padStart(5, "0")}`;
    tickets.push({ id, group: id, text, queue, urgency: null });
  }
  return tickets;
}
