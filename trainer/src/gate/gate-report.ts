import { z } from "zod";

/** "could_not_run" is no pass: what was not measured does not ship. */
export const checkStatuses = ["passed", "failed", "could_not_run"] as const;

const checkSchema = z.strictObject({
  /** 1: metrics, on rows that no model was fitted on. 2: the packaged bundle, in the code that serves. */
  key: z.union([z.literal(1), z.literal(2)]),
  name: z.string(),
  status: z.enum(checkStatuses),
  /** What was found, in one sentence; where it was not enough, with the next step. */
  why: z.string(),
  numbers: z.record(z.string(), z.json()),
});

export type GateCheck = z.infer<typeof checkSchema>;

const bundleSchema = z.strictObject({ version: z.string(), hash: z.string() });

/** What the gate found, as plain JSON: it is stored with the cycle and read back by this schema. */
export const gateReportSchema = z.strictObject({
  passed: z.boolean(),
  /** One sentence. */
  reason: z.string(),
  /** Null where it could not be loaded. */
  candidate: bundleSchema.nullable(),
  serving: bundleSchema.nullable(),
  /** What the candidate is compared with: the serving model, or the linear baseline where it is the first of its kind. */
  comparedWith: z.enum(["serving", "baseline"]).nullable(),
  checks: z.array(checkSchema),
  /** Labels that were measured: "queue", "urgency". */
  labels: z.array(z.string()),
  /** Rows that were measured on. `feedbackLeftOut` were not: see docs/gate.md. */
  rows: z.strictObject({
    holdout: z.int(),
    recent: z.int(),
    recentTickets: z.int(),
    recentBlind: z.int(),
    feedbackLeftOut: z.int(),
  }),
  /** Null where the gate decided without looking at the holdout. */
  holdoutHash: z.string().nullable(),
  earlierLooks: z.int(),
  /** The newest row that the candidate was trained on: the next gate's `servingTrainedUntil`, once it serves. */
  trainedUntil: z.string().nullable(),
  /** What a person should know and no check decides. */
  notes: z.array(z.string()),
});

export type GateReport = z.infer<typeof gateReportSchema>;
