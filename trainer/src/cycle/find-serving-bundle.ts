import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { CliError } from "../cli-error.ts";
import { writeFolder } from "../files/write-folder.ts";

export type ServingBundle = {
  readonly bundle: Bundle;
  readonly folder: string;
  /** Whose tickets it was trained on. */
  readonly dataSet: "starter" | "current";
};

/**
 * The files of the bundle that serves, by its hash: beside this program, in scratch space from an earlier run, or out of a clone that `fetchClone`
 * makes (models/current by the pointers of the branch). Rejects with CliError (exit code 2) where none of them has it: then the API serves what
 * nobody published, and no candidate can be compared with it.
 */
export async function findServingBundle(options: {
  readonly bundleHash: string;
  readonly root: string;
  readonly scratchDir: string;
  readonly fetchClone: () => Promise<{ readonly root: string }>;
}): Promise<ServingBundle> {
  const { bundleHash, root, scratchDir } = options;
  const kept = join(scratchDir, "bundles", bundleHash);
  const near = [
    { folder: join(root, "models/current"), dataSet: "current" },
    { folder: join(root, "models/starter"), dataSet: "starter" },
    { folder: kept, dataSet: "current" },
  ] as const;
  for (const { folder, dataSet } of near) {
    const bundle = await loadIfWhole(folder);
    if (bundle?.hash === bundleHash) return { bundle, folder, dataSet };
  }
  const clone = await options.fetchClone();
  for (const dataSet of ["current", "starter"] as const) {
    const folder = join(clone.root, "models", dataSet);
    const bundle = await loadIfWhole(folder);
    if (bundle?.hash !== bundleHash) continue;
    await writeFolder(kept, (part) => cp(folder, part, { recursive: true }));
    return { bundle, folder: kept, dataSet };
  }
  throw new CliError(
    `The API serves bundle ${bundleHash.slice(0, 12)}, and the branch names another one. Deploy what the branch names, or roll back to what serves ` +
      "(./scripts/rollback --list), and run this again.",
    { exitCode: 2 },
  );
}

/** Null where the folder holds no bundle that this code can serve. */
function loadIfWhole(folder: string): Promise<Bundle | null> {
  return loadBundle(readBundleFolder(folder)).catch(() => null);
}
