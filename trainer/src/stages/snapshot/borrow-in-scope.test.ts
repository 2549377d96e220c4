import { expect, test } from "vitest";
import { borrowInScope } from "./borrow-in-scope.ts";
import type { PreparedRow } from "./snapshot.ts";

const text = (n: number) => `q${n}a q${n}b q${n}c q${n}d`;

const row = (id: string, of: string): PreparedRow => ({
  id,
  source: "en-short",
  createdAt: null,
  labels: { inScope: true, queue: null, urgency: null },
  text: of,
  language: "en",
  givenLanguage: "en",
});

const own = [row("own-1", text(1)), row("own-2", text(2))];

test("each borrowed ticket has its group among the borrowed ones", () => {
  const borrowed = [row("b-1", text(3)), row("b-2", `${text(3)} again`), row("b-3", text(4))];
  const { rows, nearOwn } = borrowInScope(borrowed, own, 0.45);
  expect(rows.map(({ row: { id }, group }) => [id, group])).toEqual([
    ["b-1", "b-1"],
    ["b-2", "b-1"],
    ["b-3", "b-3"],
  ]);
  expect(nearOwn).toBe(0);
});

test("one near to an own text is left out, and so are one near to that one, one with an own id, and one without text", () => {
  const borrowed = [
    row("near", `${text(2)} again`),
    row("next", `q2c q2d again ${text(5)}`),
    row("own-1", text(6)),
    row("empty", ""),
    row("other", text(7)),
  ];
  const { rows, nearOwn } = borrowInScope(borrowed, own, 0.3);
  expect(rows.map(({ row: { id } }) => id)).toEqual(["other"]);
  expect(nearOwn).toBe(4);
});
