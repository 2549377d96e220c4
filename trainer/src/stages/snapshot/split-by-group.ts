import { createHash } from "node:crypto";

/** What rows are divided into by group: models are fitted on train, probabilities on calibration, holdout is for measuring alone. */
export const groupSplits = ["train", "calibration", "holdout"] as const;

export type GroupSplit = (typeof groupSplits)[number];

/** Where a row goes; "recent" holds the newest rows, which nothing is fitted on either. */
export const splits = [...groupSplits, "recent"] as const;

export type Split = (typeof splits)[number];

/** What the split needs to know of a row. */
export type RowToSplit = {
  /** Names the row the same in every snapshot. */
  readonly id: string;
  /** Rows of one group go to one split. */
  readonly group: string;
  /** Rows of one stratum are spread over the splits in the stated shares, as far as groups allow. */
  readonly stratum: string;
};

/**
 * Gives every row its split. Groups are placed from the largest to the smallest, ties in an order drawn by the seed, each
 * where its strata lack most of their share. Groups that `placed` names stay where they are and count as placed. The same rows,
 * seed and placed groups give the same splits, in whatever order rows come.
 */
export function splitByGroup(
  rows: readonly RowToSplit[],
  shares: Readonly<Record<GroupSplit, number>>,
  seed: number,
  placed: ReadonlyMap<string, GroupSplit> = new Map(),
): GroupSplit[] {
  const groups = Map.groupBy(rows, (row) => row.group);
  const ordered = [...groups]
    .filter(([group]) => !placed.has(group))
    .map(([, members]) => ({ members, draw: drawOrder(members, seed) }))
    .sort((a, b) => b.members.length - a.members.length || (a.draw < b.draw ? -1 : 1));

  const wanted = countStrata(rows);
  const counts: Record<GroupSplit, Map<string, number>> = {
    train: new Map(),
    calibration: new Map(),
    holdout: new Map(),
  };
  const splitOfGroup = new Map(placed);
  const place = (members: readonly RowToSplit[], split: GroupSplit) => {
    for (const [stratum, count] of countStrata(members))
      counts[split].set(stratum, (counts[split].get(stratum) ?? 0) + count);
  };
  for (const [group, split] of placed) place(groups.get(group) ?? [], split);
  for (const { members } of ordered) {
    const strata = countStrata(members);
    const lack = (split: GroupSplit): number =>
      [...strata].reduce((sum, [stratum, count]) => {
        const target = (wanted.get(stratum) ?? 0) * shares[split];
        return sum + (count * (target - (counts[split].get(stratum) ?? 0))) / target;
      }, 0);
    const split = groupSplits.reduce((best, candidate) =>
      lack(candidate) > lack(best) + 1e-9 ? candidate : best,
    );
    place(members, split);
    splitOfGroup.set(members[0]?.group ?? "", split);
  }
  return rows.map((row) => splitOfGroup.get(row.group) ?? "train");
}

function countStrata(rows: readonly RowToSplit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stratum } of rows) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

/** A group's place in the draw: a digest of the seed and its least id. */
function drawOrder(members: readonly RowToSplit[], seed: number): string {
  const least = members.map(({ id }) => id).sort()[0] ?? "";
  return createHash("sha256").update(`${seed} ${least}`).digest("hex");
}
