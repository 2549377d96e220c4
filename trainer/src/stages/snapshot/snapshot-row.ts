import { urgencySchema } from "@support-it-agent/shared/labels";
import { z } from "zod";
import { splits } from "./split-by-group.ts";

/** Name of the file of a snapshot folder that holds its rows. */
export const snapshotRowsFileName = "rows.jsonl";

/**
 * One line of rows.jsonl. `queue` and `urgency` are null where a row has no such label (a text that is out of scope has neither,
 * a phrase of an article no urgency): it then does not train that model.
 */
export const snapshotRowSchema = z.strictObject({
  id: z.string(),
  split: z.enum(splits),
  /** Id of the first row of its near-duplicate group; its own where it is alone. */
  group: z.string(),
  /** As labelled by the writer, else as detected: for slices, never a feature. */
  language: z.string(),
  in_scope: z.boolean(),
  queue: z.string().nullable(),
  urgency: urgencySchema.nullable(),
  /** Prepared text: cleaned and redacted. */
  text: z.string(),
  /** Where the row comes from: "article", "feedback", a ticket's source, or the name of its file without the ending. */
  source: z.string(),
  /** When somebody wrote it, ISO 8601 in UTC; null where that is not known. */
  created_at: z.string().nullable(),
});

export type SnapshotRow = z.infer<typeof snapshotRowSchema>;
