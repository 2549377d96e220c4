import { type GroupSplit, groupSplits, type RowToSplit, type Split, splitByGroup } from "./split-by-group.ts";

/** What the assignment needs to know of a row. */
export type RowToAssign = RowToSplit & {
  readonly createdAt: string | null;
  /**
   * What the snapshot before did with it; undefined where it is new. "trained": it has no split now, or had another id, and once trained a
   * model. "held": its very text was held out under another id.
   */
  readonly before: Split | "trained" | "held" | undefined;
};

/** Why a row is in no split. */
export type SetAsideReason =
  /** A near-duplicate of the frozen holdout that trained a model: it may neither train another nor measure one. */
  | "near_duplicate_of_holdout"
  /** As new as the recent window, and a near-duplicate of something older. */
  | "newer_than_cut_off";

export type Assignment = {
  /** One for each row, in their order. */
  readonly splitOfRow: readonly (Split | SetAsideReason)[];
  /** Rows of the recent window are of this time or later, and train and calibration have none such; null without a window. */
  readonly recentFrom: string | null;
  /** Why there is no recent window. */
  readonly noRecentWindow: string | null;
};

export type AssignmentParams = {
  readonly shares: Readonly<Record<GroupSplit, number>>;
  readonly recent?: { readonly share: number; readonly min_rows: number } | undefined;
};

/**
 * Gives every row its split, so that no near-duplicate group is measured on by a model that read part of it.
 *
 * - Frozen: what the snapshot before held out stays held out. A new row that is near to it joins it; one that trained a model
 *   before is set aside. Train and calibration stay too, so that no model is measured on what an earlier one read.
 * - Recent: the newest rows with a time, whole groups at a time. A row as new as those whose group is older is set aside.
 * - The rest (new rows, and those that were recent once) goes by group where the shares lack most: so the holdout grows by its
 *   share of what is new.
 *
 * The same rows and seed give the same assignment, in whatever order the rows come.
 */
export function assignSplits(
  rows: readonly RowToAssign[],
  params: AssignmentParams,
  seed: number,
): Assignment {
  const groups = Map.groupBy(rows, (row) => row.group);
  const kept = new Map<string, GroupSplit>();
  for (const [group, members] of groups) {
    const split = keptSplit(members);
    if (split) kept.set(group, split);
  }
  const { recentFrom, noRecentWindow, recentGroups } = chooseRecent(groups, kept, params.recent);

  const decide = (row: RowToAssign): Split | SetAsideReason | null => {
    if (recentGroups.has(row.group)) return "recent";
    if (row.before === "holdout") return "holdout";
    const isHeld = kept.get(row.group) === "holdout";
    if (isHeld && wasTrained(row)) return "near_duplicate_of_holdout";
    if (recentFrom !== null && row.createdAt !== null && row.createdAt >= recentFrom)
      return "newer_than_cut_off";
    return isHeld ? "holdout" : null;
  };
  const decided = rows.map(decide);
  const open = rows.filter((_, index) => decided[index] === null || decided[index] === "holdout");
  const divided = new Map<RowToSplit, GroupSplit>();
  splitByGroup(open, params.shares, seed, kept).forEach((split, index) => {
    const row = open[index];
    if (row) divided.set(row, split);
  });
  const splitOfRow = rows.map((row, index) => decided[index] ?? divided.get(row) ?? "train");
  return { splitOfRow, recentFrom, noRecentWindow };
}

/** Whether a model was fitted on the row. */
export function wasTrained({ before }: Pick<RowToAssign, "before">): boolean {
  return before === "train" || before === "calibration" || before === "trained";
}

/** Where a group stays by what the snapshot before did with its members; undefined where it is free. */
function keptSplit(members: readonly RowToAssign[]): GroupSplit | undefined {
  const before = new Set(members.map((member) => member.before));
  if (before.has("holdout") || before.has("held")) return "holdout";
  if (before.has("train") || before.has("trained")) return "train";
  return groupSplits.find((split) => before.has(split));
}

type RecentChoice = {
  readonly recentFrom: string | null;
  readonly noRecentWindow: string | null;
  readonly recentGroups: ReadonlySet<string>;
};

/**
 * The newest groups, until they hold the wanted rows: a group is as old as its oldest row, and one with a row without time, or with
 * one that has its place, is not in the choice. There is no window where it would reach back over more than half of the rows with a time.
 */
function chooseRecent(
  groups: ReadonlyMap<string, readonly RowToAssign[]>,
  kept: ReadonlyMap<string, GroupSplit>,
  params: AssignmentParams["recent"],
): RecentChoice {
  const none = (noRecentWindow: string | null) => ({
    recentFrom: null,
    noRecentWindow,
    recentGroups: new Set<string>(),
  });
  if (params === undefined) return none("params name none");
  const times = [...groups.values()]
    .flatMap((members) => members.flatMap(({ createdAt }) => (createdAt === null ? [] : [createdAt])))
    .sort();
  if (times.length === 0) return none("no row has a time");
  const wanted = Math.max(params.min_rows, Math.ceil(params.share * times.length));
  const free = [...groups]
    .filter(([group, members]) => !kept.has(group) && members.every(({ createdAt }) => createdAt !== null))
    .map(([group, members]) => ({ group, size: members.length, oldest: oldestOf(members) }))
    .sort((a, b) => (a.oldest === b.oldest ? (a.group < b.group ? -1 : 1) : a.oldest < b.oldest ? 1 : -1));
  let size = 0;
  const last = free.find((group) => {
    size += group.size;
    return size >= wanted;
  });
  const few = `${wanted} rows of it would be more than half of the ${times.length} rows with a time`;
  if (last === undefined) return none(few);
  const recentFrom = last.oldest;
  if (times.filter((time) => time >= recentFrom).length > times.length / 2) return none(few);
  const recentGroups = new Set(free.filter(({ oldest }) => oldest >= recentFrom).map(({ group }) => group));
  return { recentFrom, noRecentWindow: null, recentGroups };
}

function oldestOf(members: readonly RowToAssign[]): string {
  return members.reduce(
    (oldest, { createdAt }) => (createdAt && createdAt < oldest ? createdAt : oldest),
    "9",
  );
}
