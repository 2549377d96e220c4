import type { z } from "zod";
import { snapshotRowSchema } from "./snapshot-row.ts";

/** Name of the file of a snapshot folder that holds the labels of the blind slice: what measures, and never trains. */
export const blindRowsFileName = "blind.jsonl";

/** One line of blind.jsonl: a row as in rows.jsonl that is in no split. */
export const blindRowSchema = snapshotRowSchema.omit({ split: true });

export type BlindRow = z.infer<typeof blindRowSchema>;
