import { access } from "node:fs/promises";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { CliError } from "../cli-error.ts";
import { runProcess } from "../processes/run-process.ts";
import { type LoggedRun, readRunFile } from "./run-file.ts";
import { runTrackingScript, type TrackingPlace } from "./run-tracking-script.ts";

export type LogRunOptions = TrackingPlace & {
  readonly dataSet: string;
  /** Sends the report with the tickets' redacted texts; without it they stay here. */
  readonly withTexts?: boolean;
  readonly bundleFolder: string;
  readonly metricsFile: string;
  readonly evaluationFolder: string;
  readonly snapshotFolder: string;
  readonly paramsFile: string;
  readonly bestParamsFile: string;
  readonly runFile: string;
};

/**
 * Writes the bundle's training down in MLflow and registers it as `challenger`, once: a bundle whose run.json names this store is not logged
 * again. Resolves with the run. Rejects with CliError where the store could not be reached or broke off; the bundle is not touched by that, and
 * the same call later makes good for it.
 */
export async function logRun(options: LogRunOptions): Promise<LoggedRun> {
  const { dataSet, bundleFolder, runFile } = options;
  const { manifest, hash } = await loadBundle(readBundleFolder(bundleFolder));
  const known = await readRunFile(runFile);
  const isKnown = known?.bundle_hash === hash && known.bundle_version === manifest.version;
  if (isKnown && known.store === storeName(options.env)) return known;

  const args = ["--data-set", dataSet, "--bundle", bundleFolder, "--metrics", options.metricsFile];
  args.push("--evaluation", options.evaluationFolder, "--snapshot", options.snapshotFolder);
  args.push("--params", options.paramsFile, "--out", runFile);
  if (await exists(options.bestParamsFile)) args.push("--best-params", options.bestParamsFile);
  const commit = await headCommit(options);
  if (commit) args.push("--commit", commit);
  if (options.withTexts) args.push("--texts");
  const { exitCode } = await runTrackingScript("log_run", args, options);
  const logged = exitCode === 0 ? await readRunFile(runFile) : null;
  if (logged?.bundle_hash === hash) return logged;
  throw new CliError(
    `Bundle ${manifest.version} is trained and whole in ${bundleFolder}; what failed is writing its run down in MLflow, and the line above ` +
      `says why. Nothing has to be trained again. Once the store answers: node trainer/src/cli.ts log-run --data-set ${dataSet}`,
  );
}

/** The store as run.json names it: without a user and password, as trainer/python/tracking.py writes it. */
function storeName({ MLFLOW_TRACKING_URI: uri }: TrackingPlace["env"]): string {
  return uri ? uri.replace(/\/\/[^/@\s]+@/g, "//***@") : "embedded";
}

/** The commit of the code that ran, with "-dirty" where tracked files differ from it; null outside of git. */
async function headCommit({ root, env }: TrackingPlace): Promise<string | null> {
  const place = { cwd: root, env, timeoutMs: 20_000, output: "capture" } as const;
  const described = await runProcess("git", ["describe", "--always", "--abbrev=40", "--dirty"], place).catch(
    () => null,
  );
  return described?.exitCode === 0 ? described.stdout.trim() : null;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
