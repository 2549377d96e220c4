import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TrainerConfig } from "../config.ts";
import { writeRemoteConfig } from "../dvc/write-remote-config.ts";
import { clone } from "../git/clone.ts";
import type { GitPlace } from "../git/git-place.ts";
import { openGitPlace } from "../git/open-git-place.ts";

/** A clone that is there for one look or one commit, and goes when it is disposed of. */
export type BranchClone = AsyncDisposable & { readonly git: GitPlace; readonly root: string };

/**
 * Clones the configured branch into `folder`, where DVC knows the configured storage. What a killed run left in that folder goes first. In a dry run the clone is
 * made all the same, since nothing can be said without it. Rejects with CliError where the remote was not reached; nothing is left then.
 */
export async function openBranchClone(options: {
  readonly config: Pick<TrainerConfig, "git" | "dvc">;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Repository whose own address of the storage (.dvc/config.local) serves where the configuration has none. */
  readonly storageOf?: string;
  readonly announce?: (command: string) => void;
  readonly isDryRun?: boolean;
}): Promise<BranchClone> {
  const { config, folder: root, storageOf, ...place } = options;
  const close = () => rm(root, { recursive: true, force: true });
  await close();
  await mkdir(dirname(root), { recursive: true });
  const shared = { ...place, git: config.git };
  try {
    await clone(openGitPlace({ ...shared, cwd: dirname(root), isDryRun: false }), root);
    const local = ".dvc/config.local";
    if (storageOf !== undefined) await copyFile(join(storageOf, local), join(root, local)).catch(() => {});
    await writeRemoteConfig(root, config.dvc);
  } catch (error) {
    await close();
    throw error;
  }
  return { git: openGitPlace({ ...shared, cwd: root }), root, [Symbol.asyncDispose]: close };
}
