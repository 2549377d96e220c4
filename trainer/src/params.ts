import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { CliError } from "./cli-error.ts";

const shareSchema = z.number().gt(0).lt(1);

const snapshotSchema = z.strictObject({
  /** Texts at least this alike (cosine of TF-IDF over words and word pairs) stay on one side of every split. */
  near_duplicate_cosine: z.number().gt(0).max(1),
  shares: z
    .strictObject({ train: shareSchema, calibration: shareSchema, holdout: shareSchema })
    .refine((shares) => Math.abs(shares.train + shares.calibration + shares.holdout - 1) < 1e-9, {
      message: "train, calibration and holdout must add up to 1",
    }),
  /** The newest rows that have a time: this share of them, and at least so many. Without it there is no recent window. */
  recent: z.strictObject({ share: shareSchema, min_rows: z.int().positive() }).optional(),
  /** Queue -> the queue that its rows count to: for one that is too rare to train on. */
  merge_queues: z.record(z.string().min(1), z.string().min(1)).optional(),
  /** JSONL file of texts for no queue, for a data set that has none of its own. */
  out_of_scope: z.string().min(1).optional(),
  /** Folder of tickets whose urgencies (and not their queues) are trained on too. */
  borrow_urgency: z.string().min(1).optional(),
  /** Fewest tickets of a queue, of an urgency and of the texts out of scope; below it there is no snapshot. */
  min_rows_per_class: z.int().positive(),
});

/** What the TypeScript stages read of one data set's block in params.yaml; `train` and `export` belong to Python. */
const dataSetSchema = z.object({
  seed: z.int().nonnegative(),
  snapshot: snapshotSchema,
});

export type DataSetParams = z.infer<typeof dataSetSchema>;
export type SnapshotParams = z.infer<typeof snapshotSchema>;

/** The block `dataSet` of a params file. Rejects with CliError, which names the key, where it is missing or malformed. */
export async function readParams(path: string, dataSet: string): Promise<DataSetParams> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: give the parameters' file by --params.`, { cause });
  });
  const parsed = z.looseObject({ [dataSet]: dataSetSchema }).safeParse(parse(text));
  const block = parsed.data?.[dataSet];
  if (block !== undefined) return block as DataSetParams;
  const why = parsed.error ? z.prettifyError(parsed.error) : `it has no block "${dataSet}"`;
  throw new CliError(
    `${path} does not hold the parameters of "${dataSet}":\n${why}\nMend the file and run this again.`,
  );
}
