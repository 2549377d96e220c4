import { join } from "node:path";
import { describeCommand } from "../processes/describe-command.ts";
import { publishedPaths } from "../publish/published-paths.ts";
import { findOpenCycle } from "./create-cycle-store.ts";
import { type CycleRequest, decideTraining } from "./decide-training.ts";
import { findServing } from "./find-serving.ts";
import { findUndecidedReport } from "./find-undecided-report.ts";
import { monitorTraffic } from "./monitor-traffic.ts";
import { openWorkTree } from "./open-work-tree.ts";
import type { StageContext } from "./stage-context.ts";
import { type CycleStage, cycleStages } from "./training-cycle.ts";

/**
 * Says what a run would do now, and each command that it would run, and changes nothing: no lease, no row, no commit, no object. A command whose arguments are found out on the way
 * (a commit, a version) has them in capitals. To look at new windows it fetches the bundle that serves into scratch space, where that is not there.
 */
export async function dryRunCycle(
  context: StageContext,
  request: CycleRequest,
  signal: AbortSignal,
): Promise<void> {
  const { database, log } = context;
  const open = await findOpenCycle(database);
  if (open) {
    log.info(`Training ${open.id} is under way: it would go on at "${open.stage}".`);
    await announceFrom(open.stage, context, request.dataSet, signal);
    return;
  }
  const serving = await findServing(database);
  const { bundleHash } = serving ?? {};
  const { dataSet } = request;
  const assessed =
    bundleHash && (await monitorTraffic(context, { bundleHash, dataSet, stores: false }, signal));
  const report = assessed || (bundleHash ? await findUndecidedReport(database, bundleHash) : null);
  const { trigger, reasonCode, reason } = decideTraining({ serving, report, request, openStage: null });
  log.info(`${reasonCode}: ${reason}`);
  if (trigger !== null) await announceFrom("train", context, dataSet, signal);
}

async function announceFrom(
  first: CycleStage,
  context: StageContext,
  dataSet: string,
  signal: AbortSignal,
): Promise<void> {
  const { config, scratchDir, log } = context;
  const folder = join(scratchDir, "CYCLE");
  const commands = commandsOf(context, dataSet);
  for (const stage of cycleStages.slice(cycleStages.indexOf(first))) {
    log.info(`${stage}:`);
    if (stage === "train") await openWorkTree(context, { folder, dataSet, isDryRun: true }, signal);
    for (const command of commands[stage]) log.info(command);
    const { repository, workflow, apiUrl } = config.github;
    if (stage !== "publish" || !repository) continue;
    log.info(`GET ${apiUrl}/repos/${repository}/actions/runs?head_sha=COMMIT`);
    log.info(
      `POST ${apiUrl}/repos/${repository}/actions/workflows/${workflow}/dispatches (where the push started no run)`,
    );
  }
}

/** Each command of a stage in the order of its first call; one that is called for several files or tips stands once. A remark is in brackets. */
function commandsOf({ config }: StageContext, dataSet: string): Record<CycleStage, string[]> {
  const line = (program: string, ...args: string[]) => describeCommand(program, args);
  const { remoteUrl = "origin", branch } = config.git;
  const { bundle, snapshot, lock } = publishedPaths(dataSet);
  const fetch = [
    line("git", "fetch", "--quiet", "--no-tags", remoteUrl, `+refs/heads/${branch}:refs/published/${branch}`),
    line("git", "rev-parse", "--verify", `refs/published/${branch}^{commit}`),
  ];
  const read = [
    line("git", "cat-file", "blob", `COMMIT:${lock}`),
    line("git", "ls-tree", "-r", "-z", "COMMIT"),
  ];
  return {
    train: [
      line("git", "rev-parse", "--verify", "HEAD^{commit}"),
      ...read,
      `${line("dvc", "pull", snapshot, bundle)} (what the branch has of them)`,
      "(labelled tickets and trusted corrections out of the database, as a snapshot)",
      line("dvc", "add", "--quiet", snapshot),
      line("dvc", "repro", `evaluate@${dataSet}`),
      line("git", "describe", "--always", "--abbrev=40", "--dirty"),
      line("python", "trainer/python/log_run.py", "--data-set", dataSet),
    ],
    gate: ["(both keys of the gate, on candidate and serving bundle: docs/gate.md)"],
    publish: [
      ...fetch,
      line("git", "log", "--first-parent", "--grep=Training-Cycle: CYCLE", "TIP"),
      line("git", "diff", "--name-only", "HEAD"),
      line("python", "trainer/python/remote_objects.py", bundle, snapshot),
      line("dvc", "push", bundle, snapshot),
      line("python", "trainer/python/remote_objects.py", "--mend", bundle, snapshot),
      ...read,
      line("git", "read-tree", "TIP"),
      line("git", "hash-object", "-w", "FILE"),
      line("git", "update-index", "--add", "--cacheinfo", "FILE"),
      line("git", "write-tree"),
      line("git", "commit-tree", "TREE", "-p", "TIP"),
      line("git", "push", remoteUrl, `COMMIT:refs/heads/${branch}`),
    ],
    confirm: [`GET ${config.api.url}/version (until it serves the new bundle)`],
    watch: [
      "(live figures of the new model against the old one's; where they are worse, a commit as above takes its pointers back)",
      line("python", "trainer/python/set_alias.py", "--data-set", dataSet, "--alias", "champion"),
    ],
  };
}
