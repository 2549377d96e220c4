import { describe, expect, it } from "vitest";
import { readSafetensors } from "./read-safetensors.ts";

const fileOf = (header: unknown, dataBytes: number): Uint8Array => {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
};
const header = {
  __metadata__: { format: "pt" },
  "a.weight": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
};

describe("readSafetensors", () => {
  it("says where each tensor lies, counted from the start of the file", () => {
    const file = fileOf(header, 24);
    const place = readSafetensors(file, file.length).get("a.weight");
    expect(place).toEqual({ dtype: "F32", shape: [2, 3], offsetBytes: file.length - 24, lengthBytes: 24 });
  });

  it("reads the header from the beginning of a file alone", () => {
    const file = fileOf(header, 24);
    expect(readSafetensors(file.subarray(0, file.length - 24), file.length).size).toBe(1);
  });

  it.each([
    [
      "a file cut in its data",
      () => readSafetensors(fileOf(header, 24), fileOf(header, 20).length),
      "cut off",
    ],
    [
      "a file cut in its header",
      () => readSafetensors(fileOf(header, 0).subarray(0, 30), 30),
      "no whole header",
    ],
    ["an empty file", () => readSafetensors(new Uint8Array(0), 0), "no whole header"],
    [
      "a page of HTML",
      () => readSafetensors(new TextEncoder().encode("<!doctype html><html></html>"), 28),
      "no whole header",
    ],
    ["another header", () => readSafetensors(fileOf({ a: 1 }, 0), 100), "does not parse"],
    [
      "offsets in the wrong order",
      () => readSafetensors(fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [8, 4] } }, 8), 100),
      "cut off",
    ],
  ])("refuses %s", (_, read, message) => {
    expect(read).toThrow(message);
  });
});
