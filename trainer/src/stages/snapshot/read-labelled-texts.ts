import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Urgency, urgencySchema } from "@support-it-agent/shared/labels";
import { ticketSchema } from "@support-it-agent/shared/ticket";
import { z } from "zod";
import { CliError } from "../../cli-error.ts";
import { readJsonLines } from "../../files/read-json-lines.ts";

/** What somebody typed, with its labels as a person gave them. Out of scope means: for no queue of IT. */
export type LabelledText = {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** As the writer of the row says; the features use the detected one. */
  readonly language: string | undefined;
  readonly labels:
    | { readonly inScope: true; readonly queue: string; readonly urgency: Urgency }
    | { readonly inScope: false };
};

/** The file of a tickets folder that holds texts for no queue. */
export const outOfScopeFileName = "out-of-scope.jsonl";

const labelledTicketSchema = ticketSchema.extend({ queue: z.string().min(1), urgency: urgencySchema });
const outOfScopeSchema = ticketSchema.omit({ queue: true, urgency: true });

/**
 * All rows of a folder of JSONL files, sorted by id: tickets with queue and urgency, and out-of-scope.jsonl. Rejects with
 * CliError where the folder has none, a row does not fit, or two rows have one id.
 */
export async function readLabelledTexts(folder: string): Promise<LabelledText[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CliError(`${folder} cannot be read: give a folder of JSONL tickets by --tickets.`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".jsonl")).sort();
  if (files.length === 0)
    throw new CliError(`${folder} holds no .jsonl file: give a folder of JSONL tickets by --tickets.`);
  const rows = (await Promise.all(files.map((name) => readFileRows(folder, name)))).flat();
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = rows.find((row, index) => row.id === rows[index + 1]?.id);
  if (twice) throw new CliError(`Two rows in ${folder} have the id "${twice.id}": give each row its own.`);
  return rows;
}

async function readFileRows(folder: string, name: string): Promise<LabelledText[]> {
  const path = join(folder, name);
  if (name === outOfScopeFileName) {
    const rows = await readJsonLines(path, outOfScopeSchema);
    return rows.map(({ id, subject, body, language }) => ({
      id,
      subject,
      body,
      language,
      labels: { inScope: false },
    }));
  }
  const rows = await readJsonLines(path, labelledTicketSchema);
  return rows.map(({ id, subject, body, language, queue, urgency }) => ({
    id,
    subject,
    body,
    language,
    labels: { inScope: true, queue, urgency },
  }));
}
