import type { DataSetParams } from "../../params.ts";
import { type Assignment, assignSplits, type RowToAssign } from "./assign-splits.ts";
import { findRareQueues } from "./check-readiness.ts";
import type { SetAsideRow } from "./set-aside-row.ts";
import { type Split, splits } from "./split-by-group.ts";

export type ReadyAssignment = Omit<Assignment, "splitOfRow"> & {
  /** One for each row, in their order. */
  readonly splitOfRow: readonly (Split | SetAsideRow["reason"])[];
  /** Queues that were set aside, with all their rows. */
  readonly rareQueues: ReadonlyMap<string, number>;
};

/**
 * The splits of all rows (see assign-splits.ts), and where the parameters say so, those of queues that are too rare to train on set aside: one
 * correction to a queue of its own must not keep everything else from being trained on. `queues` are the rows' own, null where a row has
 * none. Each round sets one queue aside at least. Where fewer than two would be left none is, and readiness says what there is.
 */
export function assignReady(
  rows: readonly RowToAssign[],
  queues: readonly (string | null)[],
  { snapshot, seed }: Pick<DataSetParams, "seed" | "snapshot">,
): ReadyAssignment {
  const rare = new Set<string>();
  const whole = assignWithout(rows, queues, rare, snapshot, seed);
  if (snapshot.rare_queues !== "set_aside") return { ...whole, rareQueues: new Map() };
  const all = new Set(queues.filter((queue) => queue !== null));
  for (let assigned = whole; ; assigned = assignWithout(rows, queues, rare, snapshot, seed)) {
    const found = findRareQueues(rowsToCheck(assigned.splitOfRow, queues), snapshot.min_rows_per_class);
    if (found.length === 0) {
      const count = (name: string) => queues.filter((queue) => queue === name).length;
      const rareQueues = new Map([...rare].sort().map((name) => [name, count(name)]));
      return { ...assigned, rareQueues };
    }
    for (const queue of found) rare.add(queue);
    if (all.size - rare.size < 2) return { ...whole, rareQueues: new Map() };
  }
}

function assignWithout(
  rows: readonly RowToAssign[],
  queues: readonly (string | null)[],
  rare: ReadonlySet<string>,
  snapshot: DataSetParams["snapshot"],
  seed: number,
): Omit<ReadyAssignment, "rareQueues"> {
  const isKept = (_: RowToAssign, index: number) => !rare.has(queues[index] ?? "");
  const { splitOfRow: given, ...window } = assignSplits(rows.filter(isKept), snapshot, seed);
  let place = 0;
  const splitOfRow = rows.map((row, index) => {
    if (!isKept(row, index)) return "rare_queue";
    place += 1;
    return given[place - 1] ?? "train";
  });
  return { ...window, splitOfRow };
}

function rowsToCheck(
  splitOfRow: readonly (Split | SetAsideRow["reason"])[],
  queues: readonly (string | null)[],
) {
  return splitOfRow.flatMap((name, index) => {
    const split = splits.find((known) => known === name);
    return split ? [{ split, in_scope: true, queue: queues[index] ?? null, urgency: null }] : [];
  });
}
