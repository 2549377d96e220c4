import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Database } from "@support-it-agent/shared/database/database";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { readClock } from "../database/read-clock.ts";
import { gateReportSchema } from "../gate/gate-report.ts";
import { fetchTip } from "../git/fetch-tip.ts";
import { startWorkflow } from "../github/start-workflow.ts";
import { findPublished } from "../publish/find-published.ts";
import { publishModel } from "../publish/publish-model.ts";
import type { WorkTree } from "../publish/work-tree.ts";
import { runFilesOf } from "../tracking/run-files-of.ts";
import { factsOf } from "./cycle-facts.ts";
import { openWorkTree } from "./open-work-tree.ts";
import type { StageResult } from "./run-cycle.ts";
import { ScratchLostError } from "./scratch-lost-error.ts";
import type { StageContext } from "./stage-context.ts";
import { trackCandidate } from "./track-model.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The stage "publish": data to the DVC remote, pointers to the branch, and the deploy workflow, where the push has started none. Where scratch space was
 * lost, an earlier attempt may have pushed all the same: the branch is asked first. Rejects with ScratchLostError where it has not.
 */
export async function publishCandidate(
  context: StageContext,
  cycle: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult> {
  const { config, database, log } = context;
  const { dataSet, id: cycleId } = cycle;
  const { folder, bundleHash, bundleVersion } = factsOf(cycle, "train");
  const workTree = await openWorkTree(context, { folder, dataSet }, signal);
  const mlflow = await trackAgain(context, cycle, folder, signal);
  if (!(await holds(folder, dataSet, bundleHash)) && !(await isPublished(workTree, cycleId)))
    throw new ScratchLostError(folder);

  const gate = gateReportSchema.parse(cycle.facts.gate);
  const reason = await readReason(context.database, cycle);
  const published = await publishModel({
    workTree,
    dataSet,
    cycleId,
    bundleHash,
    gate,
    reason,
    log: log.info,
  });
  if (published.outcome === "overtaken") {
    return {
      verdict: "abandoned",
      reasonCode: "overtaken",
      reason: published.message,
      facts: { ...published },
    };
  }
  const { commit } = published;
  // A start that fails is tried again by the next run: the commit is on the branch, and publishModel finds it.
  const { git, github } = config;
  const workflow = await startWorkflow({ github, branch: git.branch, commit, signal });
  const at = new Date(await readClock(database)).toISOString();
  return {
    verdict: "next",
    reasonCode: "published",
    reason: `Model ${bundleVersion} is on the branch "${config.git.branch}" by commit ${commit.slice(0, 12)}.`,
    facts: { commit, at, workflow, ...(mlflow ? { mlflow } : {}) },
  };
}

const reasonSchema = z.object({ reason: z.string() });

/** Why it was trained, as the decision that began the training says it. */
async function readReason(database: Database, { id, trigger }: TrainingCycle): Promise<string> {
  const [row] = await database.rows(
    sql`select decision from training_decisions where reason_code = 'training_begun' and decision->>'cycleId' = ${id} limit 1`,
    { isRead: true },
  );
  // A run that was killed between beginning the training and writing its decision left none.
  return reasonSchema.safeParse(row?.decision).data?.reason ?? `Trained for ${trigger.replaceAll("_", " ")}.`;
}

/** Where MLflow was away while the candidate was trained, its run is written down now, if it answers. */
async function trackAgain(context: StageContext, cycle: TrainingCycle, folder: string, signal: AbortSignal) {
  const { mlflow, bundleHash } = factsOf(cycle, "train");
  const isMissing = mlflow.runId === null && (await holds(folder, cycle.dataSet, bundleHash));
  return isMissing ? trackCandidate(context, cycle.dataSet, folder, signal) : null;
}

async function holds(folder: string, dataSet: string, bundleHash: string): Promise<boolean> {
  const { bundleFolder } = runFilesOf(dataSet, folder);
  const bundle = await loadBundle(readBundleFolder(bundleFolder)).catch(() => null);
  return bundle?.hash === bundleHash;
}

async function isPublished({ git }: WorkTree, cycleId: string): Promise<boolean> {
  return (await findPublished(git, await fetchTip(git), cycleId)) !== null;
}
