import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Urgency, urgencySchema } from "@support-it-agent/shared/labels";
import { ticketSchema } from "@support-it-agent/shared/ticket";
import { z } from "zod";
import { CliError } from "../../cli-error.ts";
import { readJsonLines } from "../../files/read-json-lines.ts";

/** What somebody typed, with its labels as a person gave them. Out of scope means: for no queue of IT. */
export type LabelledText = {
  /** Names the row the same in every snapshot. */
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** As the writer of the row says; the features use the detected one. */
  readonly language: string | undefined;
  /** "feedback", the source of a ticket, or the name of its file without the ending. */
  readonly source: string;
  /** ISO 8601 in UTC; null where it is not known. */
  readonly createdAt: string | null;
  /** At least one label, where it is in scope; neither, where it is borrowed to teach scope alone. */
  readonly labels:
    | { readonly inScope: true; readonly queue: string | null; readonly urgency: Urgency | null }
    | { readonly inScope: false };
};

/** The file of a tickets folder that holds texts for no queue. */
export const outOfScopeFileName = "out-of-scope.jsonl";

/** A label that is null is one that is absent. */
const labelledTicketSchema = ticketSchema
  .extend({
    queue: z.string().min(1).nullish(),
    urgency: urgencySchema.nullish(),
    answer: ticketSchema.shape.answer.nullable(),
    language: ticketSchema.shape.language.nullable(),
    created_at: ticketSchema.shape.created_at.nullable(),
  })
  .refine(({ queue, urgency }) => queue || urgency, "has neither queue nor urgency");
const outOfScopeSchema = ticketSchema.omit({ queue: true, urgency: true });

/**
 * All rows of a folder of JSONL files, sorted by id: tickets with queue, urgency or both, and out-of-scope.jsonl. Rejects with
 * CliError where the folder has none, a row does not fit, or two rows have one id; `namedBy` says where the folder was named.
 */
export async function readLabelledTexts(folder: string, namedBy = "--tickets"): Promise<LabelledText[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CliError(`${folder} cannot be read: give a folder of JSONL tickets by ${namedBy}.`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".jsonl")).sort();
  if (files.length === 0)
    throw new CliError(`${folder} holds no .jsonl file: give a folder of JSONL tickets by ${namedBy}.`);
  const rows: LabelledText[] = [];
  for (const name of files) {
    const path = join(folder, name);
    const read = name === outOfScopeFileName ? readOutOfScopeTexts : readTickets;
    for (const row of await read(path)) rows.push(row);
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = rows.find((row, index) => row.id === rows[index + 1]?.id);
  if (twice) throw new CliError(`Two rows in ${folder} have the id "${twice.id}": give each row its own.`);
  return rows;
}

/** The texts of an out-of-scope.jsonl, in the file's order. Rejects with CliError where a row does not fit. */
export async function readOutOfScopeTexts(path: string): Promise<LabelledText[]> {
  const rows = await readJsonLines(path, outOfScopeSchema);
  return rows.map((row) => ({ ...commonOf(row, path), labels: { inScope: false } }));
}

async function readTickets(path: string): Promise<LabelledText[]> {
  const rows = await readJsonLines(path, labelledTicketSchema);
  return rows.map((row) => ({
    ...commonOf(row, path),
    labels: { inScope: true, queue: row.queue ?? null, urgency: row.urgency ?? null },
  }));
}

type AnyRow = Pick<
  z.infer<typeof labelledTicketSchema>,
  "id" | "subject" | "body" | "language" | "created_at"
>;

function commonOf({ id, subject, body, language, created_at }: AnyRow, path: string) {
  const createdAt = created_at ? new Date(created_at).toISOString() : null;
  const source = basename(path, ".jsonl");
  return { id, subject, body, language: language ?? undefined, source, createdAt };
}
