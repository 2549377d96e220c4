import { z } from "zod";
import { readParamsBlock } from "./files/read-params-block.ts";

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
  /** Folder of tickets that go beside those texts where they are borrowed, for the scope model alone: of their hand, and as short. */
  in_scope: z.string().min(1).optional(),
  /** Folder of tickets whose urgencies (and not their queues) are trained on too. */
  borrow_urgency: z.string().min(1).optional(),
  /** Fewest tickets of a queue, of an urgency and of the texts out of scope; below it there is no snapshot. */
  min_rows_per_class: z.int().positive(),
  /** What becomes of a queue with fewer: the snapshot is refused, or its rows are set aside until there are enough. */
  rare_queues: z.enum(["refuse", "set_aside"]).optional(),
});

const countSchema = z.int().positive();

/** What a candidate must hold to serve: docs/gate.md has each number and why. A data set names only what differs. */
export const gateSchema = z.strictObject({
  /** Least weighted F1 on the holdout. */
  floors: z
    .strictObject({ queue: shareSchema, urgency: shareSchema })
    .prefault({ queue: 0.7, urgency: 0.65 }),
  /** The holdout: fewest labelled rows, and by how much the lower bound of the macro-F1 difference may lie under 0. */
  holdout_min_rows: z
    .strictObject({ queue: countSchema, urgency: countSchema })
    .prefault({ queue: 600, urgency: 300 }),
  margins: z
    .strictObject({ queue: shareSchema, urgency: shareSchema })
    .prefault({ queue: 0.01, urgency: 0.03 }),
  /** The recent window: from `rows` on its lower bound decides, from `few_rows` on the one-sided p, below that nothing can. */
  recent: z
    .strictObject({ rows: countSchema, few_rows: countSchema, few_rows_p: shareSchema })
    .prefault({ rows: 500, few_rows: 100, few_rows_p: 0.2 }),
  /** Classes with so many rows may lose no recall significantly, all of them together at this level (Holm). */
  class_recall: z
    .strictObject({ min_rows: countSchema, level: shareSchema })
    .prefault({ min_rows: 30, level: 0.05 }),
  /** Most recall that the top urgency may lose. */
  top_urgency_loss: shareSchema.default(0.05),
  /** A queue has collapsed where it is predicted less than this share as often as before, and was at least so many times. */
  collapse: z
    .strictObject({ min_rows: countSchema, share: shareSchema })
    .prefault({ min_rows: 10, share: 0.2 }),
  /** How much worse calibration may be: ECE, and the risk-coverage area as a share of the serving model's. */
  ece_gain: shareSchema.default(0.02),
  risk_coverage_gain: shareSchema.default(0.05),
  /** Most that the share of tickets whose queue is trusted and right may fall. */
  coverage_loss: shareSchema.default(0.1),
  /** Most of the holdout's tickets that may be taken for out of scope. */
  false_out_of_scope: shareSchema.default(0.03),
  python_min_rows: countSchema.default(1_000),
  /** JSONL of questions with every queue and urgency that the desk accepts; see docs/gate.md for one of another desk. */
  golden_questions: z.string().min(1).default("data/starter/golden-questions.jsonl"),
  golden: z
    .strictObject({
      min_questions: countSchema,
      queue: shareSchema,
      urgency: shareSchema,
      out_of_scope: shareSchema,
    })
    .prefault({ min_questions: 20, queue: 0.9, urgency: 0.75, out_of_scope: 0.05 }),
  /** Most milliseconds for one ticket, at the median: its models alone, and the whole way from text to labels. */
  latency_ms: z
    .strictObject({ models: z.number().positive(), whole: z.number().positive() })
    .prefault({ models: 20, whole: 500 }),
  /** Looks at one holdout from which on it is called worn. */
  most_looks: countSchema.default(50),
  draws: countSchema.default(2_000),
});

/** What the TypeScript stages read of one data set's block in params.yaml; `train` and `export` belong to Python. */
const dataSetSchema = z.object({
  seed: z.int().nonnegative(),
  snapshot: snapshotSchema,
  gate: gateSchema.prefault({}),
});

export type DataSetParams = z.infer<typeof dataSetSchema>;
export type SnapshotParams = z.infer<typeof snapshotSchema>;
export type GateParams = z.infer<typeof gateSchema>;

/** The block `dataSet` of a params file. Rejects with CliError, which names the key, where it is missing or malformed. */
export function readParams(path: string, dataSet: string): Promise<DataSetParams> {
  return readParamsBlock(path, dataSet, dataSetSchema);
}
