import { z } from "zod";
import type { DeployRun, DeployRuns } from "./create-deploy-runs.ts";
import { DeliveryError } from "./delivery-error.ts";
import { runGit } from "./run-git.ts";
import { saysWhatMainSays } from "./says-what-main-says.ts";

export type ReconcilePlace = { readonly root: string; readonly main: string; readonly isDryRun: boolean };

export type ReconcileDeps = {
  readonly runs: DeployRuns;
  /** The hash of the bundle that serves. Rejects with DeliveryError (1) where nothing answers. */
  readonly readServed: () => Promise<string>;
};

const metricsSchema = z.looseObject({ bundle: z.looseObject({ hash: z.string() }) });

/** How often what failed on its way to the cluster (a registry, a network) is tried for one state of main. */
const mostAttempts = 3;

/**
 * Compares what serves with what main says: the bundle by its hash, code and manifests by the commit of the last run that succeeded. Starts a run where
 * they differ. Gives a line for people. Rejects with DeliveryError (2) where main's state was tried already and a person must decide.
 */
export async function reconcile(place: ReconcilePlace, { runs, readServed }: ReconcileDeps): Promise<string> {
  const { root, main, isDryRun } = place;
  const wanted = await readWantedHash(root, main);
  const all = await runs.list();
  const ofMain = await filterAsync(all, ({ commit }) => isOfMain(place, commit));
  const hasRun = ofMain.some(({ hasSucceeded }) => hasSucceeded);
  // Where main's state was deployed and nothing answers, the same once more would mend nothing: that is an alert's affair.
  const served = await readServed().catch((error: unknown) => {
    if (hasRun) throw error;
    return "no answer";
  });
  if (served === wanted && hasRun) return `main's bundle ${wanted} serves, and its code.`;

  const difference =
    served === wanted
      ? `no run has deployed the code of ${main}`
      : `main says bundle ${wanted}; what serves: ${served}`;
  const underWay = all.find(({ isUnderWay }) => isUnderWay);
  if (underWay) return `A deployment is under way (${underWay.url}): ${difference}.`;
  const failed = ofMain.filter(({ hasFailed }) => hasFailed);
  const tried = await findAsync(failed, runs.failedInCluster);
  if (tried) {
    throw new DeliveryError(
      2,
      `${difference}. ${tried.url} has tried just that in the cluster, and its log says how it failed: it is not started again. Correct main, go back with ./scripts/rollback, or start deploy.yml by hand.`,
    );
  }
  if (failed.length >= mostAttempts) {
    throw new DeliveryError(
      2,
      `${difference}. ${failed.length} runs of that failed, the last one ${failed[0]?.url}: it is not started again.`,
    );
  }
  if (isDryRun) return `Would start deploy.yml: ${difference}.`;
  await runs.start();
  return `Started deploy.yml: ${difference}.`;
}

async function readWantedHash(root: string, main: string): Promise<string> {
  const current = await runGit(root, ["show", `${main}:models/current.metrics.json`], [128]);
  const text =
    current.exitCode === 0
      ? current.stdout
      : (await runGit(root, ["show", `${main}:models/starter.metrics.json`])).stdout;
  return metricsSchema.parse(JSON.parse(text)).bundle.hash;
}

/** A commit that this clone does not know was pushed away since. */
async function isOfMain({ root, main }: ReconcilePlace, commit: string): Promise<boolean> {
  const known = await runGit(root, ["cat-file", "-e", `${commit}^{commit}`], [1, 128]);
  return known.exitCode === 0 && saysWhatMainSays({ root, commit, main });
}

async function filterAsync(
  runs: readonly DeployRun[],
  holds: (run: DeployRun) => Promise<boolean>,
): Promise<DeployRun[]> {
  const held: DeployRun[] = [];
  for (const run of runs) if (await holds(run)) held.push(run);
  return held;
}

async function findAsync(
  runs: readonly DeployRun[],
  holds: (run: DeployRun) => Promise<boolean>,
): Promise<DeployRun | undefined> {
  for (const run of runs) if (await holds(run)) return run;
  return undefined;
}
