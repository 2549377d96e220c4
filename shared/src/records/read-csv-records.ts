import { createCsvReader } from "./create-csv-reader.ts";

/** A record of a CSV text: its cells, and the line that it starts on; or why that line is none. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly reason: string };

/**
 * Records of CSV text that comes in pieces (RFC 4180: quoted cells may hold separators, doubled quotes and line breaks), one
 * at a time. A quote is one at the start of a cell; elsewhere it is a character. The separator is whichever of comma, semicolon
 * and tab the first line has most of: spreadsheets write semicolons in French. Empty lines are passed over. A line whose
 * quote is not closed within `maxLength` characters, or that is longer, comes with the reason, and the next line is read.
 */
export async function* readCsvRecords(
  pieces: AsyncIterable<string>,
  maxLength: number,
): AsyncGenerator<CsvRecord, void> {
  let reader: ReturnType<typeof createCsvReader> | undefined;
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    if (!reader && !held.includes("\n") && held.length <= maxLength) continue;
    reader ??= createCsvReader(chooseSeparator(held), maxLength);
    yield* reader.read(held);
    held = "";
  }
  reader ??= createCsvReader(chooseSeparator(held), maxLength);
  yield* reader.read(held);
  yield* reader.end();
}

function chooseSeparator(text: string): string {
  const [header = ""] = text.split("\n", 1);
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
