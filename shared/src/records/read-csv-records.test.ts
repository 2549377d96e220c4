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

test("a quote inside a cell is a character, and one that follows a closing quote belongs to the cell", async () => {
  expect(await read(['id,body\n5,Ecran 24" noir\n6,Souris\n7,"b"c, "d"\n'])).toEqual([
    { line: 1, cells: ["id", "body"] },
    { line: 2, cells: ["5", 'Ecran 24" noir'] },
    { line: 3, cells: ["6", "Souris"] },
    { line: 4, cells: ["7", "bc", ' "d"'] },
  ]);
});

const unclosed = { reason: expect.stringContaining("opens a quote that is not closed") };

test.each([
  ["at the end of the text", 'a,b\n1,"open\n2,c\n', []],
  [
    "before a record that is too long",
    `a,b\n1,"open\n2,c\n${"3,c\n".repeat(300)}`,
    Array(300).fill(["3", "c"]),
  ],
  ["before a quote within a cell", 'a,b\n1,"open\n2,c\n3,24" d\n', [["3", '24" d']]],
  ["before another one", 'a,b\n1,"open\n2,c\n3,"open\n4,d\n', [unclosed, ["4", "d"]]],
])("a quote that is not closed costs its line alone: %s", async (_, csv, rest) => {
  const found = await read([csv]);
  expect(found[1]).toEqual({ line: 2, ...unclosed });
  expect(
    found.slice(2).map((record) => ("cells" in record ? record.cells : { reason: record.reason })),
  ).toEqual([["2", "c"], ...rest]);
  expect(found.map(({ line }) => line)).toEqual(found.map((_, index) => index + 1));
});

test("a line that is too long costs itself alone, in whatever pieces it comes", async () => {
  const pieces = ["a,b\n", ...Array(200).fill("0123456789"), "\n1,2\n"];
  expect((await read(pieces)).slice(1)).toEqual([
    { line: 2, reason: "is longer than 1000 characters" },
    { line: 3, cells: ["1", "2"] },
  ]);
  expect((await read(Array(200).fill("0123456789")))[0]).toMatchObject({
    line: 1,
    reason: expect.any(String),
  });
});

test("a text whose every line leaves a quote open is read in two passes, not in one for each line", async () => {
  const count = 100_000;
  const found = await read([`${'",x"y,"z\n'.repeat(count)}`], 500_000);
  expect(found).toHaveLength(count);
});

test("any cells that are written as RFC 4180 says come back, in any pieces", async () => {
  const draw = drawFrom(1);
  const pick = <Item>(items: readonly Item[]) => items[draw(items.length)]!;
  const cell = () => Array.from({ length: draw(6) }, () => pick([...'"",;\t\n\r aé😀'])).join("");
  for (let round = 0; round < 2_000; round += 1) {
    const separator = pick([",", ";", "\t"]);
    const lineBreak = pick(["\n", "\r\n"]);
    const width = 1 + draw(4);
    const rows = Array.from({ length: 1 + draw(5) }, () => Array.from({ length: width }, cell));
    const header = Array.from({ length: width }, (_, column) => `c${column}`);
    const csv = [header, ...rows].map((row) => row.map(quoted).join(separator)).join(lineBreak);
    const pieces: string[] = [];
    for (let at = 0; at < csv.length; at += pieces.at(-1)!.length)
      pieces.push(csv.slice(at, at + 1 + draw(7)));
    const found = await read([...pieces, pick(["", lineBreak])]);
    expect(found.map((record) => "cells" in record && record.cells)).toEqual([header, ...rows]);
  }
});

test("any text gives the same records however it is cut, and each line is in one of them or none", async () => {
  const draw = drawFrom(2);
  for (let round = 0; round < 2_000; round += 1) {
    const text = `a,b\n${Array.from({ length: draw(40) }, () => '"",\n\rx '[draw(7)]).join("")}`;
    const whole = await read([text], 20);
    expect(await read([...text], 20)).toEqual(whole);
    const lines = whole.map(({ line }) => line);
    expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
  }
});

/** As RFC 4180, section 2, writes a cell: in quotes, those within doubled. */
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** Whole numbers below `count`, the same for the same seed (Park and Miller 1988, multiplier 48271). */
function drawFrom(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
