import { z } from "zod";
import { readParamsBlock } from "../files/read-params-block.ts";

const marginSchema = z.number().nonnegative().lt(1);

const watchSchema = z.strictObject({
  /** How the API is asked whether it serves the new model. */
  confirm: z.strictObject({
    poll_seconds: z.number().positive(),
    /** So many answers in a row must name it: there may be several instances. */
    answers: z.int().positive(),
  }),
  /** Not before so long and so many predictions that could have been corrected is a model kept ... */
  min_hours: z.number().nonnegative(),
  min_predictions: z.int().positive(),
  /** ... and after so long it is, however few there were. */
  max_days: z.number().positive(),
  /** From so many predictions on a model that is far worse is taken back at once. */
  early_predictions: z.int().min(20),
  /** The old model's own window: so long before the new one served. Whole weeks, so that week-ends count as often as they come. */
  reference_days: z.int().min(1),
  /** A correction counts where it came within so long, on both sides: late ones of the new model are still to come. */
  label_age_hours: z.number().positive(),
  /** Chance that a model that is as good as the old one is ever taken back. */
  alpha: z.number().gt(0).lt(0.5),
  /** Worse by no more than this is no breach: shares, and points of macro-F1. */
  margins: z.strictObject({
    override_rate: marginSchema,
    hand_off_rate: marginSchema,
    blind_error_rate: marginSchema,
    estimated_macro_f1: marginSchema,
  }),
});

export type WatchParams = z.infer<typeof watchSchema>;

/** The block `watch` of a params file. Rejects with CliError, which names the key, where it is missing or malformed. */
export function readWatchParams(path: string): Promise<WatchParams> {
  return readParamsBlock(path, "watch", watchSchema);
}
