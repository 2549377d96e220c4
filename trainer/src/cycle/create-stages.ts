import { confirmModel } from "./confirm-model.ts";
import { gateCandidate } from "./gate-candidate.ts";
import { publishCandidate } from "./publish-candidate.ts";
import type { RunStage } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import { trainCandidate } from "./train-candidate.ts";
import type { CycleStage } from "./training-cycle.ts";
import { watchModel } from "./watch-model.ts";

/** The stages of a training, with what they work on. */
export function createStages(context: StageContext): Record<CycleStage, RunStage> {
  return {
    train: (cycle, signal) => trainCandidate(context, cycle, signal),
    gate: (cycle, signal) => gateCandidate(context, cycle, signal),
    publish: (cycle, signal) => publishCandidate(context, cycle, signal),
    confirm: (cycle, signal) => confirmModel(context, cycle, signal),
    watch: (cycle, signal) => watchModel(context, cycle, signal),
  };
}
