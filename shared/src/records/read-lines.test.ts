import { expect, test } from "vitest";
import { readLines } from "./read-lines.ts";

const encoder = new TextEncoder();

async function* inPiecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("lines come whole however the bytes are cut, inside a character too", async () => {
  const bytes = encoder.encode("é\r\n\n😀 b\nlast");
  for (let size = 1; size <= bytes.length; size += 1) {
    expect(await collect(readLines(inPiecesOf(bytes, size), 10))).toEqual([
      { line: 1, text: "é" },
      { line: 2, text: "" },
      { line: 3, text: "😀 b" },
      { line: 4, text: "last" },
    ]);
  }
});

test("a line that is too long or no UTF-8 is null, and the next one is read", async () => {
  const bytes = new Uint8Array([
    ...encoder.encode(`${"a".repeat(11)}\n${"b".repeat(100)}\n`),
    0xe9,
    0x0a,
    0x63,
  ]);
  expect(await collect(readLines(inPiecesOf(bytes, 7), 10))).toEqual([
    { line: 1, text: null },
    { line: 2, text: null },
    { line: 3, text: null },
    { line: 4, text: "c" },
  ]);
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
