import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { type CsvRecord, readCsvRecords } from "@support-it-agent/shared/records/read-csv-records";
import { readLines } from "@support-it-agent/shared/records/read-lines";
import { CliError } from "../cli-error.ts";
import { openParquet } from "./open-parquet.ts";

/** One row of a file: its values by column, or why it cannot be read. `line` counts from 1; in Parquet it is the row's number. */
export type ImportRecord =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly reason: string };

/** A file of rows that is read one at a time. */
export type RecordFile = {
  readonly columns: readonly string[];
  /** What `onProgress` counts: kB of text, rows of Parquet. */
  readonly size: number;
  readonly unit: "kB" | "rows";
  /** The rows from the start; of Parquet, with the values of these columns alone. */
  read(columns: readonly string[], onProgress: (done: number) => void): AsyncIterable<ImportRecord>;
};

/** Longest record: subject, body and answer at their longest, escaped. */
const maxRecordLength = 500_000;

/** JSON lines whose keys are taken for the file's columns. */
const sampledLines = 200;

/**
 * Opens a .csv (.tsv), .jsonl (.ndjson) or .parquet file. Memory holds one piece of text, or one row group of Parquet. Rejects with
 * CliError where the file is not there, of another kind, or has no columns; `encoding` is that of CSV text.
 */
export async function openRecords(path: string, encoding = "utf-8"): Promise<RecordFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  });
  const ending = extname(path).toLowerCase();
  const textFile = { size: Math.ceil(found.size / 1_000), unit: "kB" as const };
  if (ending === ".parquet") return openParquet(path);
  if (ending === ".jsonl" || ending === ".ndjson") {
    const columns = await sampleKeys(path);
    return { ...textFile, columns, read: (_, onProgress) => readJsonLinesFile(path, onProgress) };
  }
  if (ending === ".csv" || ending === ".tsv") {
    const columns = await readHeader(path, encoding);
    return { ...textFile, columns, read: (_, onProgress) => readCsvFile(path, encoding, onProgress) };
  }
  throw new CliError(
    `${path} is no .csv, .tsv, .jsonl, .ndjson or .parquet file: export the tickets as one of these.`,
  );
}

async function* piecesOf(path: string, onProgress: (kB: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    bytes += piece.length;
    onProgress(Math.ceil(bytes / 1_000));
    yield piece;
  }
}

async function* readJsonLinesFile(
  path: string,
  onProgress: (kB: number) => void,
): AsyncGenerator<ImportRecord> {
  for await (const { line, text } of readLines(piecesOf(path, onProgress), maxRecordLength)) {
    if (text === null) yield { line, reason: `is no UTF-8, or longer than ${maxRecordLength} characters` };
    else if (text.trim() !== "") yield parseLine(line, text);
  }
}

function parseLine(line: number, text: string): ImportRecord {
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values))
      return { line, values: values as Record<string, unknown> };
    return { line, reason: "is no JSON object" };
  } catch {
    return { line, reason: "is no JSON" };
  }
}

async function sampleKeys(path: string): Promise<string[]> {
  const keys = new Set<string>();
  let lines = 0;
  for await (const record of readJsonLinesFile(path, () => {})) {
    if ("values" in record) for (const key of Object.keys(record.values)) keys.add(key);
    if (++lines === sampledLines) break;
  }
  if (keys.size === 0) throw new CliError(`${path} holds no JSON object a line: is it JSON lines (JSONL)?`);
  return [...keys];
}

async function* readCsvFile(
  path: string,
  encoding: string,
  onProgress: (kB: number) => void,
): AsyncGenerator<ImportRecord> {
  let columns: readonly string[] | undefined;
  const text = decode(path, piecesOf(path, onProgress), encoding);
  for await (const record of readCsvRecords(text, maxRecordLength)) {
    const { line } = record;
    if (!columns) columns = columnsOf(path, record);
    else if ("reason" in record) yield record;
    else if (record.cells.length !== columns.length)
      yield { line, reason: `has ${record.cells.length} cells, the header names ${columns.length} columns` };
    else {
      const { cells } = record;
      yield { line, values: Object.fromEntries(columns.map((column, at) => [column, cells[at]])) };
    }
  }
}

async function readHeader(path: string, encoding: string): Promise<readonly string[]> {
  const text = decode(path, firstPiece(path), encoding, { isWhole: false });
  for await (const record of readCsvRecords(text, maxRecordLength)) return columnsOf(path, record);
  throw new CliError(`${path} is empty: its first line must name the columns.`);
}

function columnsOf(path: string, header: CsvRecord): readonly string[] {
  if ("cells" in header) return header.cells.map((cell) => cell.trim());
  throw new CliError(`${path}: its first line must name the columns, and ${header.reason}.`);
}

async function* firstPiece(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100_000), 0, 100_000, 0);
    yield buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function* decode(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  encoding: string,
  { isWhole = true } = {},
): AsyncGenerator<string> {
  const decoder = createDecoder(encoding);
  try {
    for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
    if (isWhole) yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CliError(
      `${path} is not encoded in ${encoding}: say how by --encoding (Excel writes windows-1252), or save it as UTF-8.`,
      { cause },
    );
  }
}

function createDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new CliError(`There is no encoding "${encoding}": utf-8 and windows-1252 are two that are.`, {
      cause,
    });
  }
}
