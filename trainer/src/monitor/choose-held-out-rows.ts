import type { SnapshotRow } from "../stages/snapshot/snapshot-row.ts";

/** A row that the model can be asked about: it has a queue. */
export type HeldOutRow = SnapshotRow & { readonly queue: string };

/**
 * The rows of a snapshot that no fit has seen and that are tickets of this desk: of the holdout and of the recent window, in scope, with a queue. A
 * ticket that was borrowed for its urgency (snapshot.borrow_urgency) is held out as well, but is another desk's and has no queue: what
 * live traffic is compared with, and what the model is asked about, must not be half another desk's.
 */
export function chooseHeldOutRows(rows: readonly SnapshotRow[]): HeldOutRow[] {
  return rows.filter(
    (row): row is HeldOutRow =>
      row.in_scope && row.queue !== null && (row.split === "holdout" || row.split === "recent"),
  );
}
