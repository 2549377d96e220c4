import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ticket, ticketSchema } from "@support-it-agent/shared/ticket";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guessColumns } from "./guess-columns.ts";
import { type ImportOptions, importTickets } from "./import-tickets.ts";
import { openFolderSink } from "./open-folder-sink.ts";
import { openRecords } from "./open-records.ts";
import { parseRowFilter } from "./row-filter.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imports-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What comes out of a file, with its columns by name. */
async function importOf(path: string, options: Partial<ImportOptions> & { encoding?: string } = {}) {
  const file = await openRecords(path, options.encoding);
  const tickets: Ticket[] = [];
  const rejects: string[] = [];
  const summary = await importTickets(
    file,
    {
      put: async (batch) => {
        tickets.push(...batch);
        return { created: batch.length, replaced: 0, unchanged: 0 };
      },
    },
    {
      mapping: guessColumns(file.columns, {}),
      keepsAnswers: true,
      schema: ticketSchema,
      onReject: async (line, reason) => void rejects.push(`${line} ${reason}`),
      onProgress: () => {},
      ...options,
    },
  );
  return { tickets, rejects, summary };
}

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const vpn = {
  id: "7",
  subject: "VPN",
  body: "No VPN, since noon",
  queue: "Network",
  urgency: "high",
  language: "en",
  created_at: "2026-01-31T12:00:00.000Z",
};

test("the same ticket comes out of CSV, JSONL and Parquet", async () => {
  const csv = await fileOf(
    "a.csv",
    'Id;Title;Description;Team;Priority;Lang;Opened\n7;VPN;"No VPN, since noon";Network;P1;en-GB;2026-01-31 12:00\n',
  );
  const jsonl = await fileOf(
    "a.jsonl",
    `${JSON.stringify({ key: 7, summary: "VPN", text: vpn.body, queue: "Network", priority: "critical", language: "English", created: 1_769_860_800 })}\n`,
  );
  const parquet = join(folder, "a.parquet");
  await parquetWriteFile({
    filename: parquet,
    columnData: [
      { name: "id", data: [7n], type: "INT64" },
      { name: "subject", data: ["VPN"], type: "STRING" },
      { name: "body", data: [vpn.body], type: "STRING" },
      { name: "queue", data: ["Network"], type: "STRING" },
      { name: "priority", data: ["high"], type: "STRING" },
      { name: "language", data: ["anglais"], type: "STRING" },
      { name: "created_at", data: [new Date("2026-01-31T12:00:00Z")], type: "TIMESTAMP" },
    ],
  });
  for (const path of [csv, jsonl, parquet]) {
    expect(await importOf(path)).toMatchObject({ tickets: [vpn], rejects: [] });
  }
});

test("Parquet of several row groups comes row by row, in order, nulls as absent", async () => {
  const parquet = join(folder, "groups.parquet");
  const count = 2_500;
  await parquetWriteFile({
    filename: parquet,
    rowGroupSize: 1_000,
    columnData: [
      { name: "body", data: Array.from({ length: count }, (_, i) => `text ${i}`), type: "STRING" },
      {
        name: "queue",
        data: Array.from({ length: count }, (_, i) => (i % 2 ? `q${i}` : null)),
        type: "STRING",
        nullable: true,
      },
    ],
  });
  const { tickets, summary } = await importOf(parquet);
  expect(summary).toMatchObject({ read: count, created: count, rejected: 0 });
  expect(tickets.map(({ body }) => body)).toEqual(Array.from({ length: count }, (_, i) => `text ${i}`));
  expect(tickets.slice(0, 2).map(({ queue }) => queue)).toEqual([undefined, "q1"]);
});

test("bad rows are named by line and counted by reason, and the others go in", async () => {
  const path = await fileOf(
    "bad.csv",
    "id,body,priority,created\n1,a,high,\n2,,high,\n3,c,asap,\n4,d,low,whenever\n5,e\n1,again,low,\n6,f,,2026-01-01\n",
  );
  const { tickets, rejects, summary } = await importOf(path);
  expect(tickets.map(({ id }) => id)).toEqual(["1", "6"]);
  expect(rejects).toEqual([
    "3 body: Too small: expected string to have >=1 characters",
    '4 urgency "asap" is not known: --map-urgency "asap=high" (or medium, low, none)',
    '5 created_at "whenever" is no time: ISO 8601 is read, and 31/01/2026 10:30 where --dates dmy or --dates mdy says the order',
    "6 has 2 cells, the header names 4 columns",
  ]);
  expect(summary).toEqual({
    read: 7,
    created: 2,
    replaced: 0,
    unchanged: 0,
    repeated: 1,
    left_out: 0,
    rejected: 4,
    reasons: { "body does not fit": 1, "unknown urgency": 1, "unreadable time": 1, "unreadable row": 1 },
  });
});

test("a quote within a cell is text, and one that is never closed costs its row alone", async () => {
  const path = await fileOf("inch.csv", 'id,body\n1,Ecran 24" noir\n2,"b\n3,c\n4,Ecran 27" noir\n');
  const { tickets, rejects } = await importOf(path);
  expect(tickets.map(({ id }) => id)).toEqual(["1", "3", "4"]);
  expect(rejects).toEqual([expect.stringMatching(/^3 opens a quote/)]);
});

test("a row without an id has one that depends on its text alone", async () => {
  const one = await importOf(await fileOf("one.csv", "subject,body,queue\nA,b,Q\nC,d,Q\n"));
  const two = await importOf(await fileOf("two.csv", "queue,subject,body\nR,C,d\nR,C,d\n"));
  expect(two.tickets[0]?.id).toBe(one.tickets[1]?.id);
  expect(two.summary).toMatchObject({ created: 1, repeated: 1 });
});

test("what programs write for nothing is no label", async () => {
  const path = await fileOf("nan.csv", "id,body,queue,priority\n1,a,NaN,null\n2,b,Mail,None\n");
  const { tickets } = await importOf(path);
  expect(tickets).toEqual([
    { id: "1", subject: "", body: "a" },
    { id: "2", subject: "", body: "b", queue: "Mail" },
  ]);
});

test("filters leave rows out by a column that is no field too", async () => {
  const path = await fileOf("filter.csv", "id,body,kind\n1,a,incident\n2,b,request\n3,c,problem\n");
  const filters = [parseRowFilter("kind=incident|problem", ["id", "body", "kind"])];
  const { tickets, summary } = await importOf(path, { filters });
  expect(tickets.map(({ id }) => id)).toEqual(["1", "3"]);
  expect(summary.left_out).toBe(1);
  expect(() => parseRowFilter("type=x", ["kind"])).toThrow('the column "type". The file has: kind.');
});

test("text in windows-1252 is read where it is said, and refused with the option where it is not", async () => {
  const path = await fileOf("excel.csv", Buffer.from("id,body\n1,\xc9cran noir\n", "latin1"));
  await expect(importOf(path)).rejects.toThrow("--encoding");
  const { tickets } = await importOf(path, { encoding: "windows-1252" });
  expect(tickets[0]?.body).toBe("Écran noir");
});

test("a folder gets labelled tickets alone, redacted, whole or not at all", async () => {
  const sink = await openFolderSink(join(folder, "out"), "my tool");
  const ticket = { id: "1", subject: "", body: "write to jo@example.com", queue: "Mail" };
  await sink.put([ticket, { id: "2", subject: "", body: "no label" }]);
  await expect(readFile(join(folder, "out/my-tool.jsonl"))).rejects.toThrow("ENOENT");
  const path = await sink.finish();
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ ...ticket, body: "write to [EMAIL_1]" });
  expect(sink.unlabelled()).toBe(1);
});

test.each([
  ["empty.csv", "", "its first line must name the columns"],
  ["header.csv", 'id,"body\n1,a\n', "its first line must name the columns, and opens a quote"],
  ["no.jsonl", "[1]\n", "holds no JSON object a line"],
  ["fake.parquet", "PAR0", "cannot be read as Parquet"],
  ["notes.docx", "x", "is no .csv, .tsv, .jsonl, .ndjson or .parquet file"],
])("%s is refused with the reason", async (name, content, message) => {
  await expect(openRecords(await fileOf(name, content))).rejects.toThrow(message);
});
