import { createHash } from "node:crypto";
import type { DataSetParams } from "../../params.ts";
import type { Assignment } from "./assign-splits.ts";
import type { BorrowedTickets } from "./borrow-in-scope.ts";
import type { BlindChoice } from "./choose-blind-rows.ts";
import type { SetAsideRow } from "./set-aside-row.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import { splits } from "./split-by-group.ts";

/** Name of the file of a snapshot folder that says what is in it. */
export const snapshotDescriptionFileName = "snapshot.json";

export type DescribeOptions = {
  readonly dataSet: string;
  readonly rows: readonly SnapshotRow[];
  readonly setAside: readonly SetAsideRow[];
  readonly assignment: Pick<Assignment, "recentFrom" | "noRecentWindow">;
  /** Rows that came in and are neither in a split nor set aside, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Ids of the holdout of the snapshot before. */
  readonly frozenIds: readonly string[];
  /** Queues that were set aside, with their rows. */
  readonly rareQueues: ReadonlyMap<string, number>;
  /** Undefined where no database was asked. */
  readonly blind: BlindChoice | undefined;
  /** Undefined where no tickets were asked for that teach scope alone. */
  readonly borrowed: BorrowedTickets | undefined;
  readonly params: Pick<DataSetParams, "seed" | "snapshot">;
};

/** What stands in snapshot.json: counts, sources, times and the digest of the parameters; no clock and no machine. */
export function describeSnapshot(options: DescribeOptions) {
  const { dataSet, rows, setAside, assignment, leftOut, frozenIds, rareQueues, blind, borrowed, params } =
    options;
  const times = rows.flatMap(({ created_at }) => (created_at === null ? [] : [created_at])).sort();
  const ids = new Set(rows.map(({ id }) => id));
  const frozenKept = frozenIds.filter((id) => ids.has(id)).length;
  const counts = countBy(rows, ({ split }) => split);
  return {
    data_set: dataSet,
    row_count: rows.length,
    group_count: new Set(rows.map(({ group }) => group)).size,
    splits: Object.fromEntries(splits.map((split) => [split, counts[split] ?? 0])),
    queues: countBy(rows, ({ queue }) => queue ?? "(none)"),
    urgencies: countBy(rows, ({ urgency }) => urgency ?? "(none)"),
    languages: countBy(rows, ({ language }) => language),
    sources: countBy(rows, ({ source }) => source),
    set_aside: countBy(setAside, ({ reason }) => reason),
    left_out: leftOut,
    ...(rareQueues.size > 0 ? { rare_queues: Object.fromEntries(rareQueues) } : {}),
    ...(blind
      ? {
          blind: {
            labelled: blind.labelled,
            rows: blind.rows.length,
            near_trained: blind.nearTrained,
            rare_queue: blind.rareQueue,
          },
        }
      : {}),
    ...(borrowed ? { borrowed_in_scope: { rows: borrowed.rows.length, near_own: borrowed.nearOwn } } : {}),
    holdout: {
      frozen_before: frozenIds.length,
      still_there: frozenKept,
      added: (counts.holdout ?? 0) - frozenKept,
    },
    time: {
      rows_with_time: times.length,
      first: times[0] ?? null,
      last: times.at(-1) ?? null,
      recent_from: assignment.recentFrom,
      no_recent_window: assignment.noRecentWindow,
    },
    params_sha256: createHash("sha256")
      .update(JSON.stringify({ seed: params.seed, snapshot: params.snapshot }))
      .digest("hex"),
  };
}

/** Name -> count, by name. */
function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
