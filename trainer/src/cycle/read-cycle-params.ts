import { z } from "zod";
import { readParamsBlock } from "../files/read-params-block.ts";

const cycleSchema = z.strictObject({
  /** The lease of a run whose process died is free after so long; by then its programs have ended too, which get ten seconds (run-process.ts). */
  lease_seconds: z.int().min(15),
  /** Attempts at a stage that does not come to an end, before the training is given up. */
  max_attempts: z.int().positive(),
  /** How long one run waits for the API to serve the new model; the next run goes on waiting ... */
  confirm_minutes: z.number().nonnegative(),
  /** ... until so long after the push. Then the pointers are taken back: what the branch names must be what serves. */
  confirm_hours: z.number().positive(),
});

export type CycleParams = z.infer<typeof cycleSchema>;

/** The block `cycle` of a params file. Rejects with CliError, which names the key, where it is missing or malformed. */
export function readCycleParams(path: string): Promise<CycleParams> {
  return readParamsBlock(path, "cycle", cycleSchema);
}
