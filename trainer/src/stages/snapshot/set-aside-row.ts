import { z } from "zod";

/** Name of the file of a snapshot folder that names the rows which are in no split. */
export const setAsideFileName = "set-aside.jsonl";

/** One line of set-aside.jsonl. */
export const setAsideRowSchema = z.strictObject({
  id: z.string(),
  reason: z.enum(["near_duplicate_of_holdout", "newer_than_cut_off", "rare_queue"]),
  /** True where a snapshot before had it in train or calibration: it must not be held out later. */
  was_trained: z.boolean(),
});

export type SetAsideRow = z.infer<typeof setAsideRowSchema>;
