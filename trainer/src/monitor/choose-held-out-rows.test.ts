import { expect, test } from "vitest";
import type { SnapshotRow } from "../stages/snapshot/snapshot-row.ts";
import { chooseHeldOutRows } from "./choose-held-out-rows.ts";

const row = (id: string, change: Partial<SnapshotRow> = {}): SnapshotRow => ({
  id,
  split: "holdout",
  group: id,
  language: "en",
  in_scope: true,
  queue: "Network / Infrastructure",
  urgency: "low",
  text: "The wifi is slow.",
  source: "network",
  created_at: null,
  ...change,
});

test("what is held out is the desk's own: neither what a fit has read, nor what is for nobody, nor what was borrowed for its urgency", () => {
  const rows = [
    row("held"),
    row("recent", { split: "recent" }),
    row("unrated", { urgency: null }),
    row("read", { split: "train" }),
    row("calibrated", { split: "calibration" }),
    row("for-nobody", { in_scope: false, queue: null, urgency: null }),
    row("borrowed", { queue: null, source: "en-hardware" }),
  ];
  expect(chooseHeldOutRows(rows).map(({ id }) => id)).toEqual(["held", "recent", "unrated"]);
});
