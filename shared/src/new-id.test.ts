import { expect, test } from "vitest";
import { newId } from "./new-id.ts";

test("an id is a UUID of version 7 that carries its time (example of RFC 9562, appendix A.6)", () => {
  expect(newId(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("ids of later milliseconds sort later, and ten thousand of one millisecond differ", () => {
  expect(newId(1_795_000_000_000) < newId(1_795_000_000_001)).toBe(true);
  expect(newId(2 ** 32 - 1) < newId(2 ** 32)).toBe(true);
  expect(new Set(Array.from({ length: 10_000 }, () => newId(1_795_000_000_000))).size).toBe(10_000);
});
