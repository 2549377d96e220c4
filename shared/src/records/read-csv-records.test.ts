import { expect, test } from "vitest";
import { type CsvRecord, readCsvRecords } from "./read-csv-records.ts";

async function read(pieces: readonly string[], maxLength = 1_000): Promise<CsvRecord[]> {
  return collect(readCsvRecords(stream(pieces), maxLength));
}

async function* stream(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

const text = 'id,body\r\n1,"a ""b"", c\nsecond line"\r\n\r\n2,plain\n3,""\n4,last';

const records = [
  { line: 1, cells: ["id", "body"] },
  { line: 2, cells: ["1", 'a "b", c\nsecond line'] },
  { line: 5, cells: ["2", "plain"] },
  { line: 6, cells: ["3", ""] },
  { line: 7, cells: ["4", "last"] },
];

test("quotes hold separators, quotes and line breaks (RFC 4180, section 2), and lines are counted through them", async () => {
  expect(await read([text])).toEqual(records);
});

test("however the text is cut into pieces, the records are the same", async () => {
  for (let size = 1; size <= text.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    expect(await read(pieces)).toEqual(records);
  }
});

test("the separator is the one that the first line has most of", async () => {
  expect(await read(["id;body\n1;a, b\n"])).toMatchObject([{}, { cells: ["1", "a, b"] }]);
  expect(await read(["id\tbody\n1\ta;b\n"])).toMatchObject([{}, { cells: ["1", "a;b"] }]);
});

test("a header without a line break is a record", async () => {
  expect(await read(["id;body"])).toEqual([{ line: 1, cells: ["id", "body"] }]);
});

test("a quote that is never closed, and a record that never ends, are refused with their line", async () => {
  await expect(read(["a,b\n1,2\n", '3,"open\n4,5\n'])).rejects.toMatchObject({ name: "CsvError", line: 3 });
  await expect(read(["a,b\n", ...Array(200).fill("0123456789")])).rejects.toMatchObject({
    name: "CsvError",
    line: 2,
  });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
