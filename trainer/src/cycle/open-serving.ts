import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { CliError } from "../cli-error.ts";
import { writeFolder } from "../files/write-folder.ts";
import { findHeldOutSnapshot } from "../monitor/find-held-out-snapshot.ts";
import { openWorkTree } from "./open-work-tree.ts";
import type { StageContext } from "./stage-context.ts";

/** The bundle that serves, and tickets that it has not seen. */
export type OpenServing = {
  readonly bundle: Bundle;
  readonly folder: string;
  /** The folder of a snapshot whose holdout no fit of it has read; the starter's may have to be taken first. */
  readonly findSnapshot: () => Promise<string>;
  readonly isStarter: boolean;
};

/**
 * The files of the bundle with this hash: beside this program, in scratch space from an earlier run, or out of a clone of the branch. Rejects with
 * CliError (exit code 2) where none of them has it: then the API serves what nobody published, and nothing can be compared with it.
 */
export async function openServing(
  context: Pick<StageContext, "config" | "root" | "scratchDir" | "env" | "log">,
  { bundleHash, dataSet, signal }: { bundleHash: string; dataSet: string; signal: AbortSignal },
): Promise<OpenServing> {
  const { root, scratchDir, log } = context;
  const kept = join(scratchDir, "serving", bundleHash);
  const findSnapshot = () =>
    findHeldOutSnapshot({ root, dataSet: "starter", cacheFolder: scratchDir, log: log.info });
  const starter = await loadIf(bundleHash, join(root, "models/starter"));
  if (starter) return { ...starter, findSnapshot, isStarter: true };

  const whole = async (base: string) => {
    const found = await loadIf(bundleHash, join(base, "models", dataSet));
    const snapshotFolder = join(base, "data", dataSet, "snapshot");
    return found && { ...found, findSnapshot: async () => snapshotFolder, isStarter: false };
  };
  const near = (await whole(kept)) ?? (await whole(root));
  if (near) return near;

  const folder = join(scratchDir, "serving-clone");
  await rm(folder, { recursive: true, force: true });
  const clone = await openWorkTree(context, { folder, dataSet }, signal);
  if (await whole(clone.root)) {
    await writeFolder(kept, async (part) => {
      for (const path of [`models/${dataSet}`, `data/${dataSet}/snapshot`]) {
        await cp(join(clone.root, path), join(part, path), { recursive: true, dereference: true });
      }
    });
  }
  await rm(folder, { recursive: true, force: true });
  const fetched = await whole(kept);
  if (fetched) return fetched;
  throw new CliError(
    `The API serves bundle ${bundleHash.slice(0, 12)}, which the branch "${context.config.git.branch}" does not name. Deploy what the branch names, or roll it back to ` +
      "what serves (./scripts/rollback --list), and run this again.",
    { exitCode: 2 },
  );
}

/** Null where the folder holds no bundle of that hash that this code can serve. */
async function loadIf(hash: string, folder: string): Promise<{ bundle: Bundle; folder: string } | null> {
  const bundle = await loadBundle(readBundleFolder(folder)).catch(() => null);
  return bundle?.hash === hash ? { bundle, folder } : null;
}
