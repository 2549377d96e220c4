import { expect, test } from "vitest";
import { chooseBlindRows } from "./choose-blind-rows.ts";
import type { SetAsideRow } from "./set-aside-row.ts";
import type { PreparedRow } from "./snapshot.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import type { Split } from "./split-by-group.ts";

const text = (n: number) => `q${n}a q${n}b q${n}c q${n}d`;

const prepared = (id: string, of: string, queue: string | null = "Mail"): PreparedRow => ({
  id,
  source: "blind",
  createdAt: "2026-02-01T00:00:00.000Z",
  labels: { inScope: true, queue, urgency: "low" },
  text: of,
  language: "en",
  givenLanguage: "en",
});

const row = (id: string, split: Split, of: string): SnapshotRow => ({
  id,
  split,
  group: `group of ${id}`,
  language: "en",
  in_scope: true,
  queue: "Mail",
  urgency: "low",
  text: of,
  source: "glpi",
  created_at: null,
});

const rows = [
  row("t", "train", text(1)),
  row("c", "calibration", text(2)),
  row("h", "holdout", text(3)),
  row("r", "recent", text(4)),
];

const choose = (blind: PreparedRow[], setAside: SetAsideRow[] = []) =>
  chooseBlindRows(blind, {
    rows,
    setAside,
    prepared: [prepared("old", text(5))],
    params: {
      snapshot: {
        near_duplicate_cosine: 0.45,
        shares: { train: 0.7, calibration: 0.1, holdout: 0.2 },
        min_rows_per_class: 1,
      },
    },
  });

test("what is near to a row that a model is or was fitted on is left out and counted", () => {
  const aside = [{ id: "old", reason: "near_duplicate_of_holdout" as const, was_trained: true }];
  const blind = [1, 2, 5, 6].map((n) => prepared(`blind:${n}`, `${text(n)} again`));
  const choice = choose(blind, aside);
  expect(choice.rows.map(({ id }) => id)).toEqual(["blind:6"]);
  expect({ ...choice, rows: undefined }).toEqual({
    rows: undefined,
    labelled: 4,
    nearTrained: 3,
    rareQueue: 0,
  });
  expect(choose(blind).rows.map(({ id }) => id)).toEqual(["blind:5", "blind:6"]);
});

test("what is near to a row that measures has its group; near-duplicates of the slice have one", () => {
  const blind = [
    prepared("blind:b", text(7)),
    prepared("blind:a", `${text(7)} too`),
    prepared("blind:h", `${text(3)} again`),
    prepared("blind:r", `${text(4)} again`),
  ];
  expect(choose(blind).rows.map(({ id, group }) => [id, group])).toEqual([
    ["blind:a", "blind:a"],
    ["blind:b", "blind:a"],
    ["blind:h", "group of h"],
    ["blind:r", "group of r"],
  ]);
});

test("a label that no model knows measures none, one without a queue measures the urgency", () => {
  const blind = [prepared("blind:a", text(8), "Badges"), prepared("blind:b", text(9), null)];
  const choice = choose(blind);
  expect([choice.rows.map(({ id }) => id), choice.rareQueue]).toEqual([["blind:b"], 1]);
});

test("no labels are no rows", () => {
  expect(choose([])).toEqual({ rows: [], labelled: 0, nearTrained: 0, rareQueue: 0 });
});
