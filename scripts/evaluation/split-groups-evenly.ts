import { createHash } from "node:crypto";

/** What the split needs to know of a row; rows of one group stay together, rows of one stratum are spread. */
export type RowToSpread = { readonly id: string; readonly group: string; readonly stratum: string };

type Part = { readonly number: number; rows: number; readonly strata: Map<string, number> };

/**
 * The part, 0 to parts - 1, of each row. Groups are placed from the largest to the smallest, ties in an order drawn by the seed, each where there are
 * fewest rows of its strata, then where there are fewest rows at all. The same rows and seed give the same parts, in whatever order rows come.
 */
export function splitGroupsEvenly(rows: readonly RowToSpread[], parts: number, seed: number): number[] {
  const groups = [...Map.groupBy(rows, (row) => row.group).values()]
    .map((members) => ({ members, draw: drawOrder(members, seed) }))
    .sort((a, b) => b.members.length - a.members.length || (a.draw < b.draw ? -1 : 1));
  const filled: Part[] = Array.from({ length: parts }, (_, number) => ({
    number,
    rows: 0,
    strata: new Map(),
  }));
  const partOfGroup = new Map<string, number>();
  for (const { members } of groups) {
    const alike = ({ strata }: Part) =>
      members.reduce((sum, { stratum }) => sum + (strata.get(stratum) ?? 0), 0);
    const emptier = (a: Part, b: Part) => alike(a) - alike(b) || a.rows - b.rows || a.number - b.number;
    const chosen = filled.reduce((best, part) => (emptier(part, best) < 0 ? part : best));
    chosen.rows += members.length;
    for (const { group, stratum } of members) {
      chosen.strata.set(stratum, (chosen.strata.get(stratum) ?? 0) + 1);
      partOfGroup.set(group, chosen.number);
    }
  }
  return rows.map(({ group }) => partOfGroup.get(group) ?? 0);
}

/** A group's place in the draw: a digest of the seed and its least id. */
function drawOrder(members: readonly RowToSpread[], seed: number): string {
  const least = members.map(({ id }) => id).sort()[0] ?? "";
  return createHash("sha256").update(`${seed} ${least}`).digest("hex");
}
