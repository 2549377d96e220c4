// Takes the published model back: node scripts/rollback.ts [VERSION] [--dry-run] [--reason TEXT] [--data-set NAME] | --list. Works in a clone of
// GIT_REMOTE_URL where that is set, else with the origin of this checkout. The result goes to stdout as JSON, what a person should read to stderr. Exit
// codes: 0 done, 1 broken, 2 a considered no or wrong use.
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Database } from "../shared/src/database/database.ts";
import { CliError } from "../trainer/src/cli-error.ts";
import { parseTrainerConfig, type TrainerConfig } from "../trainer/src/config.ts";
import { openTrainingDatabase } from "../trainer/src/database/open-training-database.ts";
import { fetchTip } from "../trainer/src/git/fetch-tip.ts";
import { openGitPlace } from "../trainer/src/git/open-git-place.ts";
import { startWorkflow } from "../trainer/src/github/start-workflow.ts";
import { listVersions, type PublishedVersion } from "../trainer/src/publish/list-versions.ts";
import { type BranchClone, openBranchClone } from "../trainer/src/publish/open-branch-clone.ts";
import { type Reverted, revertModel } from "../trainer/src/publish/revert-model.ts";
import { parseCommand } from "./lib/parse-command.ts";
import { renderTable } from "./lib/render-table.ts";

const usage = `Usage:
  ./scripts/rollback              back to the model that served before
  ./scripts/rollback VERSION      to a version, the first digits of a bundle's hash, or starter
  ./scripts/rollback --list       what the branch has published, newest first
  --dry-run       prints each command and changes nothing
  --reason TEXT   why, for the commit and the record
  --data-set NAME current where absent`;

const here = fileURLToPath(new URL("..", import.meta.url));

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof CliError ? error.message : error);
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
}

async function main(): Promise<number> {
  const { values, positionals, refuse } = parseCommand({
    usage,
    mostPositionals: 1,
    options: {
      list: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      reason: { type: "string", default: "Taken back by hand." },
      "data-set": { type: "string", default: "current" },
    },
  });
  const [toVersion] = positionals;
  if (values.list && toVersion !== undefined) refuse("--list takes no version.");
  const config = parseTrainerConfig(process.env);
  const dataSet = values["data-set"];
  await using place = await openRepository(config, values["dry-run"]);
  if (values.list) return printVersions(await listVersions(place.git, await fetchTip(place.git), dataSet));

  const database = await openDatabaseIfThere();
  const reverted = await revertModel({
    ...place,
    env: environment(),
    dataSet,
    ...(toVersion === undefined ? {} : { toVersion }),
    reason: values.reason,
    ...(database ? { database } : {}),
    decision: { numbers: { asked_by: userInfo().username } },
    log,
  }).finally(() => database?.close());
  console.log(JSON.stringify(reverted));
  if (reverted.outcome === "nothing_to_revert") {
    log(reverted.message);
    return 2;
  }
  await startRollout(config, reverted, values["dry-run"]);
  log(describe(reverted, config, dataSet, values["dry-run"]));
  return 0;
}

/** The repository to read history from and to push with. A clone of GIT_REMOTE_URL goes when the command ends. */
async function openRepository(config: TrainerConfig, isDryRun: boolean): Promise<BranchClone> {
  const shared = { env: environment(), ...(isDryRun ? { announce: log, isDryRun } : {}) };
  if (!config.git.remoteUrl) {
    const git = openGitPlace({ ...shared, git: config.git, cwd: here });
    return { git, root: here, [Symbol.asyncDispose]: async () => {} };
  }
  const folder = join(resolve(config.scratchDir), `rollback-${process.pid}`);
  return openBranchClone({ ...shared, config, folder, storageOf: here });
}

/** The record is good to have, and no reason to keep a bad model: without a database the pointers go back all the same. */
async function openDatabaseIfThere(): Promise<Database | undefined> {
  return openTrainingDatabase(process.env).catch((error: unknown) => {
    log(
      `The database cannot be used (${error instanceof Error ? error.message : error}), so the bundle that goes is not barred from coming back by a later training. Going on.`,
    );
    return undefined;
  });
}

async function startRollout(config: TrainerConfig, reverted: Reverted, isDryRun: boolean): Promise<void> {
  if (reverted.outcome === "nothing_to_revert") return;
  const started = await startWorkflow({
    github: config.github,
    branch: config.git.branch,
    commit: reverted.commit,
    ...(isDryRun ? { announce: log, isDryRun } : {}),
  });
  if (started.outcome === "running") log(`The deploy workflow runs: ${started.url ?? started.runId}`);
  if (started.outcome === "dispatched")
    log(`The push had started no run: ${started.workflow} was asked for.`);
}

function describe(reverted: Reverted, config: TrainerConfig, dataSet: string, isDryRun: boolean): string {
  if (reverted.outcome === "nothing_to_revert") return reverted.message;
  if (isDryRun)
    return `Nothing was changed. It would go from ${reverted.from.version} back to ${reverted.to.version}.`;
  const done = `${config.git.branch} publishes ${reverted.to.version} again, in place of ${reverted.from.version} (commit ${reverted.commit.slice(0, 12)}).`;
  if (config.git.remoteUrl) return `${done} What serves changes with the rollout of that commit.`;
  const fetched = reverted.to.hash === null ? `rm -r models/${dataSet}` : `dvc pull models/${dataSet}`;
  return `${done} This checkout is as it was. Where an API serves from it: git pull && ${fetched}, then restart it.`;
}

function printVersions(versions: readonly PublishedVersion[]): number {
  if (versions.length === 0) {
    log("The branch has no dvc.lock: nothing was ever published.");
    return 2;
  }
  const rows = versions.map(({ version, hash, commit, reverts }, i) => [
    `${version}${i === 0 ? " *" : ""}`,
    hash?.slice(0, 12) ?? "-",
    commit.at,
    commit.id.slice(0, 12),
    reverts === null ? commit.subject : `took back ${reverts}`,
  ]);
  console.log(renderTable([["VERSION", "HASH", "SINCE", "COMMIT", "BY"], ...rows]));
  log("* is what the branch publishes now.");
  return 0;
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function log(line: string): void {
  console.error(line);
}
