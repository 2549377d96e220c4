import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { readParams } from "../params.ts";
import { dvcRepro } from "../processes/dvc-repro.ts";
import { ownSnapshotFile } from "../publish/own-snapshot-file.ts";
import { takeSnapshot } from "../take-snapshot.ts";
import { runFilesOf } from "../tracking/run-files-of.ts";
import type { TrainFacts } from "./cycle-facts.ts";
import { openServing } from "./open-serving.ts";
import { openWorkTree } from "./open-work-tree.ts";
import type { StageResult } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import { trackCandidate } from "./track-model.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The stage "train": a clone of the branch, a snapshot of the labelled tickets, and the pipeline in it. The snapshot is taken once a clone, so that a
 * run which goes on trains on the same rows and repeats no finished stage of the pipeline. Tickets that are not ready end the training; MLflow being
 * away does not.
 */
export async function trainCandidate(
  context: StageContext,
  cycle: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult> {
  const { scratchDir, database, log } = context;
  const { dataSet } = cycle;
  const serving = await openServing(context, { bundleHash: cycle.servingHash, dataSet, signal });
  const folder = join(scratchDir, cycle.id);
  const tree = await openWorkTree(context, { folder, dataSet }, signal);

  const files = runFilesOf(dataSet, tree.root);
  const params = await readParams(files.paramsFile, dataSet);
  const isTaken = ownSnapshotFile(tree.root);
  if (!(await exists(isTaken))) {
    const from = { database };
    const taking = { root: tree.root, dataSet, from, params, env: tree.env, signal, log: log.info };
    const refused = await takeSnapshot(taking).then(
      () => null,
      (error: unknown) => {
        if (error instanceof CliError && error.exitCode === 2) return error;
        throw error;
      },
    );
    if (refused) return { verdict: "abandoned", reasonCode: "not_ready", reason: refused.message, facts: {} };
    await writeFile(isTaken, "");
  }

  await dvcRepro({
    root: tree.root,
    targets: [`evaluate@${dataSet}`],
    force: false,
    env: { EMBEDDING_CACHE_DIR: join(scratchDir, "embeddings"), ...tree.env },
    signal,
  });
  const { manifest, hash } = await loadBundle(readBundleFolder(files.bundleFolder));
  const facts: TrainFacts = {
    folder,
    servingFolder: serving.folder,
    baseCommit: tree.base,
    bundleVersion: manifest.version,
    bundleHash: hash,
    snapshotRows: await countRows(files.snapshotFolder),
    mlflow: await trackCandidate(context, dataSet, tree.root, signal),
  };
  const reason = `Candidate ${manifest.version} is trained on ${facts.snapshotRows} rows.`;
  return { verdict: "next", reasonCode: "trained", reason, facts };
}

const descriptionSchema = z.looseObject({ splits: z.record(z.string(), z.int()) });

async function countRows(snapshotFolder: string): Promise<number> {
  const description = JSON.parse(await readFile(join(snapshotFolder, "snapshot.json"), "utf8"));
  return Object.values(descriptionSchema.parse(description).splits).reduce((sum, rows) => sum + rows, 0);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
