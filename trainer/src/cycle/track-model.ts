import { logRun } from "../tracking/log-run.ts";
import { runFilesOf } from "../tracking/run-files-of.ts";
import { setAlias } from "../tracking/set-alias.ts";
import type { StageContext } from "./stage-context.ts";

/** What tracking came to: MLflow's run, or why there is none yet. */
export type Tracked = { readonly runId: string | null; readonly why: string | null };

/**
 * Writes the candidate's training down in MLflow, once. MLflow being away stops no training: the reason is kept, and a later stage tries again. Rejects with the signal's
 * reason where the run was stopped meanwhile: the stage is then begun anew, and so is this.
 */
export async function trackCandidate(
  { root, env, log }: Pick<StageContext, "root" | "env" | "log">,
  dataSet: string,
  workTree: string,
  signal: AbortSignal,
): Promise<Tracked> {
  const place = { root: workTree, env, storeFolder: `${root}/.mlflow`, signal };
  return logRun({ ...place, ...runFilesOf(dataSet, workTree), dataSet }).then(
    (run) => ({ runId: run.run_id, why: null }),
    (error: unknown) => notTracked(error, log, signal),
  );
}

/**
 * Names the bundle `champion` in MLflow's registry; a registry that is away, or does not know it, is told of and nothing more. Rejects with the signal's reason where the
 * run was stopped meanwhile.
 */
export async function nameChampion(
  { root, env, log }: Pick<StageContext, "root" | "env" | "log">,
  dataSet: string,
  bundleVersion: string,
  signal: AbortSignal,
): Promise<Tracked> {
  const place = { root, env, storeFolder: `${root}/.mlflow`, signal };
  return setAlias({ ...place, dataSet, bundleVersion, alias: "champion" }).then(
    (modelVersion) => ({ runId: modelVersion, why: null }),
    (error: unknown) => notTracked(error, log, signal),
  );
}

function notTracked(error: unknown, log: StageContext["log"], signal: AbortSignal): Tracked {
  signal.throwIfAborted();
  const why = error instanceof Error ? error.message : String(error);
  log.info(`Not written down in MLflow: ${why}`);
  return { runId: null, why };
}
