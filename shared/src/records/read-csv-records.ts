/** A record of a CSV text: its cells, and the line that it starts on. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

/** The text is no CSV from `line` on. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Records of CSV text that comes in pieces (RFC 4180: quoted cells may hold separators, doubled quotes and line breaks), one
 * at a time. The separator is whichever of comma, semicolon and tab the first line has most of: spreadsheets write
 * semicolons in French. Empty lines are passed over. Throws CsvError for a record of more than `maxLength` characters or
 * a quote that is never closed.
 */
export async function* readCsvRecords(
  pieces: AsyncIterable<string>,
  maxLength: number,
): AsyncGenerator<CsvRecord, void> {
  let separator: string | undefined;
  let text = "";
  let line = 1;
  for await (const piece of pieces) {
    text += piece;
    separator ??= chooseSeparator(text);
    if (separator === undefined) continue;
    let start = 0;
    for (;;) {
      const end = endOfRecord(text, start);
      if (end < 0) break;
      const record = text.slice(start, end);
      if (record.length > maxLength) throw tooLong(line, maxLength);
      if (record.trim() !== "") yield { line, cells: splitCells(record, separator) };
      line += countLines(record) + 1;
      start = end + 1;
    }
    text = text.slice(start);
    if (text.length > maxLength) throw tooLong(line, maxLength);
  }
  if (text.trim() === "") return;
  if (isInsideQuotes(text)) throw new CsvError(line, "a quote is opened here and never closed");
  yield { line, cells: splitCells(text, separator ?? chooseSeparator(`${text}\n`) ?? ",") };
}

function tooLong(line: number, maxLength: number): CsvError {
  return new CsvError(line, `the record is longer than ${maxLength} characters; a quote may be open`);
}

function chooseSeparator(text: string): string | undefined {
  const end = text.indexOf("\n");
  if (end < 0) return undefined;
  const header = text.slice(0, end);
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Index of the line feed that ends the record from `start`; -1 where it is not there yet. */
function endOfRecord(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) quoted = !quoted;
    else if (code === lineFeed && !quoted) return at;
  }
  return -1;
}

const quote = 0x22;
const lineFeed = 0x0a;

const isInsideQuotes = (text: string) => text.split('"').length % 2 === 0;

const countLines = (record: string) => record.split("\n").length - 1;

function splitCells(record: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  const text = record.replace(/\r$/, "");
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"' && quoted && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}
