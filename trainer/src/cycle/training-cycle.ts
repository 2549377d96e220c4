import { z } from "zod";

/** What a training goes through, in this order. */
export const cycleStages = ["train", "gate", "publish", "confirm", "watch"] as const;

export type CycleStage = (typeof cycleStages)[number];

/** How a training ended: a new model stays, the gate refused it, it was taken back, or nothing came of it. */
export type CycleOutcome = "promoted" | "refused" | "rolled_back" | "abandoned";

/** What wanted it: the monitor, or a person (`asked`; `first` for a first model or one with other labels). */
export const cycleTriggers = ["drift", "performance_alarm", "asked", "first"] as const;

export const trainingCycleSchema = z.object({
  id: z.uuid(),
  dataSet: z.string(),
  trigger: z.enum(cycleTriggers),
  /** The bundle that served when it began. */
  servingHash: z.string(),
  driftReportId: z.uuid().nullable(),
  stage: z.enum(cycleStages),
  /** How often in a row the stage was begun and did not come to an end. */
  attempts: z.int().nonnegative(),
  /** How often scratch space was lost and the training began again. */
  restarts: z.int().nonnegative(),
  /** What each finished stage left, by its name. */
  facts: z.record(z.string(), z.unknown()),
  startedAt: z.iso.datetime(),
});

/** A training under way: a row of training_cycles that has no end yet. */
export type TrainingCycle = z.infer<typeof trainingCycleSchema>;
