import { join } from "node:path";
import { startWorkflow } from "../github/start-workflow.ts";
import { openBranchClone } from "../publish/open-branch-clone.ts";
import { revertModel } from "../publish/revert-model.ts";
import { factsOf } from "./cycle-facts.ts";
import type { ReasonCode } from "./record-decision.ts";
import type { StageResult } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import { nameChampion } from "./track-model.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The end of a training whose model must not stay: its pointers are reverted, its hash is barred, and the rollout of the commit is started. In a clone of
 * its own, since the pipeline of the branch may be another one by now, and that is no reason to keep a bad model. Where the branch publishes something else
 * already, nothing is taken back.
 */
export async function takeModelBack(
  context: StageContext,
  cycle: TrainingCycle,
  why: { readonly reasonCode: ReasonCode; readonly reason: string; readonly facts: unknown },
  signal: AbortSignal,
): Promise<StageResult> {
  const { config, database, scratchDir, env, log } = context;
  const { bundleHash } = factsOf(cycle, "train");
  await using clone = await openBranchClone({
    config,
    folder: join(scratchDir, `${cycle.id}.revert`),
    env,
    signal,
  });
  const reverted = await revertModel({
    ...clone,
    env,
    dataSet: cycle.dataSet,
    badHash: bundleHash,
    reason: why.reason,
    database,
    log: log.info,
  });
  const facts = { why: why.facts, reverted };
  if (reverted.outcome === "nothing_to_revert") {
    return {
      verdict: "abandoned",
      reasonCode: "overtaken",
      reason: `${why.reason} ${reverted.message}`,
      facts,
    };
  }
  const { commit, to } = reverted;
  await startWorkflow({ github: config.github, branch: config.git.branch, commit, signal });
  if (to.hash !== null) await nameChampion(context, cycle.dataSet, to.version, signal);
  const { reasonCode, reason } = why;
  return {
    verdict: "rolled_back",
    reasonCode,
    reason: `${reason} Back to ${to.version} (${commit.slice(0, 12)}).`,
    facts,
  };
}
