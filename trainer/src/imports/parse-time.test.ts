import { expect, test } from "vitest";
import { parseTime } from "./parse-time.ts";

const noon = "2026-01-31T12:00:00.000Z";

test.each([
  ["2026-01-31T12:00:00Z", noon],
  ["2026-01-31 12:00", noon],
  ["2026-01-31 13:00:00+01:00", noon],
  ["2026-01-31T07:00:00.000-0500", noon],
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  [1_769_860_800, noon],
  [1_769_860_800_000n, noon],
  ["1769860800", noon],
  [new Date(noon), noon],
])("%s is %s", (value, iso) => {
  expect(parseTime(value, undefined)).toBe(iso);
});

test("a date with slashes is read in the order that is said, and in none that is not", () => {
  expect(parseTime("03/04/2026 08:30", "dmy")).toBe("2026-04-03T08:30:00.000Z");
  expect(parseTime("03/04/2026", "mdy")).toBe("2026-03-04T00:00:00.000Z");
  expect(parseTime("03/04/2026", undefined)).toBeUndefined();
});

test.each([
  ["1/31/2026 12:00 PM", noon],
  ["1/31/2026 12:00:00 p.m.", noon],
  ["1/31/2026 12:30 am", "2026-01-31T00:30:00.000Z"],
  ["1/31/2026, 1:05 PM", "2026-01-31T13:05:00.000Z"],
  ["1/31/2026 10:30AM", "2026-01-31T10:30:00.000Z"],
  ["1/31/2026 13:00 PM", undefined],
  ["1/31/2026 0:30 AM", undefined],
])("a clock of twelve hours: %s is %s", (value, iso) => {
  expect(parseTime(value, "mdy")).toBe(iso);
});

test.each(["yesterday", "2026-02-30", "2026-13-01", "31/31/2026", "2026-01-31 25:00", true, {}])(
  "%s is no time",
  (value) => {
    expect(parseTime(value, "dmy")).toBeUndefined();
  },
);
