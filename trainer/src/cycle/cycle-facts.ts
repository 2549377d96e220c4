import { z } from "zod";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * What each stage leaves for those after it, in training_cycles.facts. Folders are in scratch space and may be gone by the next run: a stage that
 * misses one says so by throwing ScratchLostError.
 */
const factsSchemas = {
  train: z.object({
    /** The clone that the candidate was trained in, with its bundles, and the copy of the bundle that served. */
    folder: z.string(),
    servingFolder: z.string(),
    /** Commit that the clone was made of. */
    baseCommit: z.string(),
    bundleVersion: z.string(),
    bundleHash: z.string(),
    snapshotRows: z.int(),
    /** MLflow's run; null where it could not be written down yet, and why. */
    mlflow: z.object({ runId: z.string().nullable(), why: z.string().nullable() }),
  }),
  publish: z.object({ commit: z.string(), at: z.iso.datetime() }),
  confirm: z.object({ servedSince: z.iso.datetime() }),
} as const;

type FactsOf<Stage extends keyof typeof factsSchemas> = z.infer<(typeof factsSchemas)[Stage]>;

export type TrainFacts = FactsOf<"train">;

/** The facts of a stage that is done. Throws where they are not there: the row was changed by hand, or by another version. */
export function factsOf<Stage extends keyof typeof factsSchemas>(
  { id, facts }: TrainingCycle,
  stage: Stage,
): FactsOf<Stage> {
  const parsed = factsSchemas[stage].safeParse(facts[stage]);
  if (parsed.success) return parsed.data as FactsOf<Stage>;
  throw new Error(
    `Training ${id} has no facts of its stage "${stage}" that this version reads:\n${z.prettifyError(parsed.error)}\n` +
      "End it (node trainer/src/cli.ts cycle --abandon) and let the next run begin anew.",
  );
}
