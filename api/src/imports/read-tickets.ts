import { readCsvRecords } from "@support-it-agent/shared/records/read-csv-records";
import { readLines } from "@support-it-agent/shared/records/read-lines";
import { languages } from "@support-it-agent/shared/text/detect-language";
import { type Ticket, ticketLimits, ticketSchema } from "@support-it-agent/shared/ticket";
import { z } from "zod";
import { identifierSchema } from "../http/identifier-schema.ts";
import { Problem } from "../problem.ts";

/** One row of an import: a ticket, or why it is none. `line` counts from 1. */
export type TicketRow =
  | { readonly line: number; readonly ticket: Ticket }
  | { readonly line: number; readonly reason: string };

/** A ticket as it may be stored: PostgreSQL takes no NUL, and a language names a dictionary. */
export const importedTicketSchema = ticketSchema.extend({
  id: identifierSchema(200),
  body: ticketSchema.shape.body.refine((text) => /[\p{L}\p{N}]/u.test(text), "holds no text"),
  queue: identifierSchema(ticketLimits.queueLength).optional(),
  language: z.enum(languages as readonly [string, ...string[]]).optional(),
});

/** Subject, body and answer at their longest, escaped as JSON may need. */
const maxRowLength = 2 * (ticketLimits.subjectLength + ticketLimits.bodyLength + ticketLimits.answerLength);

/** Tickets out of JSON lines, one object a line. Empty lines are passed over. */
export async function* readJsonLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TicketRow, void> {
  for await (const { line, text } of readLines(pieces, maxRowLength)) {
    if (text === null) yield { line, reason: `is no UTF-8, or longer than ${maxRowLength} characters` };
    else if (text.trim() !== "") yield parseLine(line, text);
  }
}

function parseLine(line: number, text: string): TicketRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, reason: "is no JSON" };
  }
  return toRow(line, value);
}

const knownColumns = Object.keys(ticketSchema.shape);

/**
 * Tickets out of CSV whose first line names the columns: id and body at least; others that a ticket does not have are passed
 * over, and an empty cell is an absent value. Throws a Problem where the header will not do or the bytes are no UTF-8.
 */
export async function* readCsvTickets(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TicketRow, void> {
  let columns: readonly string[] | undefined;
  for await (const record of readCsvRecords(decode(pieces), maxRowLength)) {
    const { line } = record;
    if (!columns) columns = parseHeader("cells" in record ? record.cells : refuseHeader(record.reason));
    else if ("reason" in record) yield record;
    else if (record.cells.length !== columns.length)
      yield { line, reason: `has ${record.cells.length} cells, the header names ${columns.length} columns` };
    else yield toRow(line, toRecord(columns, record.cells));
  }
}

function refuseHeader(reason: string): never {
  throw new Problem("invalid_request", `The first line must name the columns, and ${reason}.`);
}

function parseHeader(cells: readonly string[]): readonly string[] {
  const columns = cells.map((cell) => cell.trim().toLowerCase());
  const absent = ["id", "body"].filter((column) => !columns.includes(column));
  if (absent.length === 0) return columns;
  throw new Problem(
    "invalid_request",
    `The first line must name the columns, and names no ${absent.join(" and no ")}. Known columns: ${knownColumns.join(", ")}.`,
  );
}

function toRecord(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  const given = columns.map((column, index) => [column, cells[index] ?? ""] as const);
  return Object.fromEntries(
    given.filter(([column, cell]) => knownColumns.includes(column) && cell.trim() !== ""),
  );
}

function toRow(line: number, value: unknown): TicketRow {
  const parsed = importedTicketSchema.safeParse(value);
  if (parsed.success) return { line, ticket: parsed.data };
  const said = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the row"}: ${issue.message}`);
  return { line, reason: said.join("; ").slice(0, 500) };
}

async function* decode(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new Problem(
      "invalid_encoding",
      "The text is no UTF-8. Save it as UTF-8 (in a spreadsheet: CSV UTF-8).",
      { cause },
    );
  }
}
