import { createHash } from "node:crypto";

/** Where a row goes: models are fitted on train, probabilities on calibration, and holdout is for measuring alone. */
export const splits = ["train", "calibration", "holdout"] as const;

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
 * where its strata lack most of their share. The same rows and seed give the same splits, in whatever order rows come.
 */
export function splitByGroup(
  rows: readonly RowToSplit[],
  shares: Readonly<Record<Split, number>>,
  seed: number,
): Split[] {
  const groups = Map.groupBy(rows, (row) => row.group);
  const ordered = [...groups.values()]
    .map((members) => ({ members, draw: drawOrder(members, seed) }))
    .sort((a, b) => b.members.length - a.members.length || (a.draw < b.draw ? -1 : 1));

  const wanted = countStrata(rows);
  const placed: Record<Split, Map<string, number>> = {
    train: new Map(),
    calibration: new Map(),
    holdout: new Map(),
  };
  const splitOfGroup = new Map<string, Split>();
  for (const { members } of ordered) {
    const strata = countStrata(members);
    const lack = (split: Split): number =>
      [...strata].reduce((sum, [stratum, count]) => {
        const target = (wanted.get(stratum) ?? 0) * shares[split];
        return sum + (count * (target - (placed[split].get(stratum) ?? 0))) / target;
      }, 0);
    const split = splits.reduce((best, candidate) =>
      lack(candidate) > lack(best) + 1e-9 ? candidate : best,
    );
    for (const [stratum, count] of strata) {
      placed[split].set(stratum, (placed[split].get(stratum) ?? 0) + count);
    }
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
