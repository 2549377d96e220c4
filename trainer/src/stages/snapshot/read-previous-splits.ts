import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../../cli-error.ts";
import { readJsonLines } from "../../files/read-json-lines.ts";
import type { RowToAssign } from "./assign-splits.ts";
import { setAsideFileName, setAsideRowSchema } from "./set-aside-row.ts";
import { snapshotRowSchema, snapshotRowsFileName } from "./snapshot-row.ts";

export type PreviousSplits = {
  /** What the snapshot before did with a row, known by its id or else by its very text. */
  readonly of: (row: { readonly id: string; readonly text: string }) => RowToAssign["before"];
  /** Ids of its holdout. */
  readonly holdoutIds: readonly string[];
};

/** Only what decides is read, so that a snapshot of an earlier version is one too. */
const previousRowSchema = z.object({
  ...snapshotRowSchema.pick({ id: true, split: true, text: true, source: true }).shape,
  ...snapshotRowSchema.pick({ in_scope: true, queue: true, urgency: true }).partial().shape,
});

/** The splits of an earlier snapshot's folder. Rejects with CliError where it is none. */
export async function readPreviousSplits(folder: string): Promise<PreviousSplits> {
  const rows = await readJsonLines(join(folder, snapshotRowsFileName), previousRowSchema).catch(
    (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : cause;
      throw new CliError(
        `${folder} is no snapshot to go on from: ${why}\nLeave --previous out to begin anew.`,
        {
          cause,
        },
      );
    },
  );
  const aside = await readJsonLines(join(folder, setAsideFileName), setAsideRowSchema).catch(() => []);
  const byId = new Map<string, RowToAssign["before"]>();
  const byText = new Map<string, RowToAssign["before"]>();
  for (const { id, was_trained } of aside) if (was_trained) byId.set(id, "trained");
  for (const row of rows) {
    if (row.source === "article" || wasBorrowedForScope(row)) continue;
    const { id, split, text } = row;
    byId.set(id, split);
    if (split === "holdout") byText.set(text, "held");
    else if (split !== "recent") byText.set(text, "trained");
  }
  return {
    of: ({ id, text }) => byId.get(id) ?? byText.get(text),
    holdoutIds: rows.flatMap(({ id, split }) => (split === "holdout" ? [id] : [])),
  };
}

/**
 * Another desk's ticket that taught scope alone (borrow-in-scope.ts). No model has read a queue or an urgency of it: one's own ticket of the same
 * words is as new as any.
 */
function wasBorrowedForScope({ in_scope, queue, urgency }: z.infer<typeof previousRowSchema>): boolean {
  return in_scope === true && queue === null && urgency === null;
}
