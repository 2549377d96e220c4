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
 * Says what a run would do now, and each command that it would run, and changes nothing: no lease, no row, no clone. A command whose arguments are found out on the way
 * (a commit, a version) has them in capitals.
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
  const say = (program: string, ...args: string[]) => log.info(describeCommand(program, args));
  const paths = publishedPaths(dataSet);
  const announce: Record<CycleStage, () => Promise<void> | void> = {
    train: async () => {
      await openWorkTree(context, { folder, dataSet, isDryRun: true }, signal);
      log.info("(labelled tickets and trusted corrections out of the database, as a snapshot)");
      say("dvc", "add", "--quiet", paths.snapshot);
      say("dvc", "repro", `evaluate@${dataSet}`);
      say("python", "trainer/python/log_run.py", "--data-set", dataSet);
    },
    gate: () => log.info("(both keys of the gate, on candidate and serving bundle: docs/gate.md)"),
    publish: () => {
      say("dvc", "push", paths.bundle, paths.snapshot);
      say("python", "trainer/python/remote_objects.py", paths.bundle, paths.snapshot);
      say("git", "commit-tree", "TREE", "-p", "TIP");
      say("git", "push", config.git.remoteUrl ?? "origin", `COMMIT:refs/heads/${config.git.branch}`);
      const { repository, workflow, apiUrl } = config.github;
      if (repository)
        log.info(
          `POST ${apiUrl}/repos/${repository}/actions/workflows/${workflow}/dispatches (where the push started no run)`,
        );
    },
    confirm: () => log.info(`GET ${config.api.url}/version (until it serves the new bundle)`),
    watch: () =>
      log.info(
        "(live figures of the new model against the old one's; where they are worse, its pointers are reverted)",
      ),
  };
  for (const stage of cycleStages.slice(cycleStages.indexOf(first))) {
    log.info(`${stage}:`);
    await announce[stage]();
  }
}
