import { groupNearDuplicates } from "./group-near-duplicates.ts";
import type { PreparedRow } from "./snapshot.ts";

/** Another desk's tickets that may teach scope here. */
export type BorrowedTickets = {
  readonly rows: readonly { readonly row: PreparedRow; readonly group: string }[];
  /** Left out: near to a text of one's own, or of its id. */
  readonly nearOwn: number;
};

/**
 * Which of another desk's tickets go beside borrowed texts out of scope. Those texts are short and of another hand: a scope model that knew
 * them and the desk's own tickets alone would learn to tell hands, or lengths, and take a short question for small talk.
 *
 * They are grouped after the desk's own rows have their groups and splits, so that no own row is moved by them, and one near to an own
 * text is left out, so that nothing measures what was read. Each gets the id of its group's first row.
 */
export function borrowInScope(
  candidates: readonly PreparedRow[],
  own: readonly PreparedRow[],
  minCosine: number,
): BorrowedTickets {
  const ids = new Set(own.map(({ id }) => id));
  const texts = [...own, ...candidates].map(({ text }) => text);
  const firstOf = groupNearDuplicates(texts, minCosine);
  const rows = candidates.flatMap((row, index) => {
    // Groups are named by their first member, and the desk's own stand first.
    const first = (firstOf[own.length + index] ?? index) - own.length;
    if (row.text === "" || first < 0 || ids.has(row.id)) return [];
    return [{ row, group: candidates[first]?.id ?? row.id }];
  });
  return { rows, nearOwn: candidates.length - rows.length };
}
