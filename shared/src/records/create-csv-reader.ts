import type { CsvRecord } from "./read-csv-records.ts";

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const unclosed = "opens a quote that is not closed; double a quote that belongs to the text";

/**
 * Reads CSV text piece by piece, each character once; the lines after an unclosed quote twice. `end` gives what is left when no
 * more text comes. Holds `maxLength` characters and a piece at most.
 *
 * What follows a closing quote on its line belongs to the cell. Where the quoted part runs over lines, it shows that the opening quote
 * was none: `24" noir` some lines below `"Ecran` closes nothing.
 */
export function createCsvReader(separator: string, maxLength: number) {
  const separatorCode = separator.charCodeAt(0);
  let text = "";
  let at = 0;
  let line = 1;
  /** Where the record starts, where its first line ends (-1: not yet), and its line feeds within quotes. */
  let start = 0;
  let firstEnd = -1;
  let lineFeeds = 0;
  let cells: string[] = [];
  /** The cell without what stands from `from` on. */
  let cell = "";
  let from = 0;
  let feedsBefore = 0;
  let state: "cell start" | "plain" | "quoted" | "after quote" | "passed over" = "cell start";
  /** A quote that is open at the end of a line before here stays open until here: that was read once, and is not read again. */
  let openUntil = 0;

  const beginCell = (position: number) => {
    cell = "";
    from = position;
    feedsBefore = lineFeeds;
    state = "cell start";
  };

  const beginRecord = (position: number) => {
    start = position;
    firstEnd = -1;
    lineFeeds = 0;
    cells = [];
    beginCell(position);
  };

  const endRecord = (): CsvRecord | undefined => {
    const isNone = state === "passed over" || text.slice(start, at).trim() === "";
    const last = cell + text.slice(from, at).replace(/\r$/, "");
    const record = isNone ? undefined : { line, cells: [...cells, last] };
    line += lineFeeds + 1;
    beginRecord(at + 1);
    return record;
  };

  /** Goes back to the end of the record's first line, or passes over what is still to come of it. */
  const reject = (reason: string): CsvRecord => {
    const rejected = { line, reason };
    openUntil = Math.max(openUntil, at);
    if (firstEnd < 0) state = "passed over";
    else {
      line += 1;
      at = firstEnd;
      beginRecord(at + 1);
    }
    return rejected;
  };

  const step = (code: number): CsvRecord | undefined => {
    if (code === lineFeed) {
      if (state !== "quoted") return endRecord();
      lineFeeds += 1;
      if (firstEnd < 0) firstEnd = at;
      if (at < openUntil) return reject(unclosed);
    }
    if (state === "passed over") return;
    if (at - start >= maxLength)
      return reject(lineFeeds > 0 ? unclosed : `is longer than ${maxLength} characters`);
    if (state === "quoted") {
      if (code !== quote) return;
      cell += text.slice(from, at);
      from = at + 1;
      state = "after quote";
    } else if (code === separatorCode) {
      cells.push(cell + text.slice(from, at));
      beginCell(at + 1);
    } else if (code === quote && (state === "cell start" || state === "after quote")) {
      if (state === "after quote") cell += '"';
      from = at + 1;
      state = "quoted";
    } else if (state === "after quote" && lineFeeds > feedsBefore && code !== carriageReturn) {
      return reject(unclosed);
    } else state = "plain";
    return;
  };

  const forgetWhatIsRead = () => {
    const read = state === "passed over" ? at : start;
    text = text.slice(read);
    at -= read;
    start -= read;
    from -= read;
    firstEnd -= read;
    openUntil -= read;
  };

  function* read(piece: string): Generator<CsvRecord, void> {
    text += piece;
    for (; at < text.length; at += 1) {
      const record = step(text.charCodeAt(at));
      if (record) yield record;
    }
    forgetWhatIsRead();
  }

  function* end(): Generator<CsvRecord, void> {
    while (state === "quoted") {
      yield reject(unclosed);
      at += 1;
      yield* read("");
    }
    const last = endRecord();
    if (last) yield last;
  }

  return { read, end };
}
