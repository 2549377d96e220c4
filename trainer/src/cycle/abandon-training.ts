import { CliError } from "../cli-error.ts";
import { createCycleStore } from "./create-cycle-store.ts";
import { findServing } from "./find-serving.ts";
import { type DecisionRecord, recordDecision } from "./record-decision.ts";
import type { CycleDeps, CycleSummary } from "./run-cycle.ts";
import { LeaseLostError, takeLease } from "./take-lease.ts";
import type { CycleStage } from "./training-cycle.ts";

/** What becomes of a model whose training ends at a stage. */
const afterwards: Readonly<Record<CycleStage, string>> = {
  train: "",
  gate: "",
  publish: " Where its commit is on the branch all the same, ./scripts/rollback takes it back.",
  confirm: " Its model stays on the branch, and nobody watches it: ./scripts/rollback takes it back.",
  watch: " Its model stays on the branch, and nobody watches it any more: ./scripts/rollback takes it back.",
};

/**
 * Ends the training that is under way as `abandoned`, because a person says so, and writes that down; where none is, there is nothing to do. Rejects with CliError where
 * another process runs a cycle, with LeaseLostError, or with DatabaseUnavailableError.
 */
export async function abandonTraining({
  database,
  lease: options,
  clearScratch,
  log,
}: Pick<CycleDeps, "database" | "lease" | "clearScratch" | "log">): Promise<CycleSummary> {
  const lease = await takeLease(database, options);
  if (lease === null) {
    throw new CliError(
      "Another process runs a cycle, and nothing was ended: run this again once that has ended, or stop it before.",
    );
  }
  try {
    const store = createCycleStore(database, lease);
    const open = await store.findOpen();
    if (open === null) {
      log.info("No training is under way: there is nothing to end.");
      return { lease: "held", decisions: [], cycle: null };
    }
    const { id, stage, driftReportId } = open;
    const reason = `A person ended the training at its stage "${stage}".${afterwards[stage]}`;
    const modelVersion = (await findServing(database))?.modelVersion ?? null;
    const decision: DecisionRecord = {
      reasonCode: "abandoned",
      reason,
      modelVersion,
      driftReportId,
      cycleId: id,
    };
    if (!(await recordDecision(database, decision, lease.isHeld))) throw new LeaseLostError(options.name);
    await store.end(open, "abandoned", { endedBy: "a person" });
    log.info(`abandoned: ${reason}`);
    await clearScratch();
    return { lease: "held", decisions: [decision], cycle: { id, stage: "abandoned" } };
  } finally {
    await lease.release();
  }
}
