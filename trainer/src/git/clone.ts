import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError } from "../cli-error.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";

/** A whole repository over a slow line. */
const timeoutMs = 15 * 60 * 1_000;

/**
 * Clones the branch of the place's remote into `folder`, relative to the place, with its history: versions that served before are found in it. (Not a partial
 * clone: DVC cannot read those.) Rejects with CliError where the remote was not reached, has no such branch, or the disk is full; what had been
 * written of `folder` is gone then.
 */
export async function clone(place: GitPlace, folder: string): Promise<void> {
  const args = ["clone", "--quiet", "--no-tags", "--single-branch", "--branch", place.branch];
  const { exitCode, stderr } = await runGit(place, [...args, "--", place.remote, folder], {
    timeoutMs,
    changes: true,
  });
  if (exitCode === 0) return;
  // Git takes away what it transferred, and leaves what it could not check out.
  await rm(resolve(place.cwd, folder), { recursive: true, force: true });
  throw new CliError(
    `${place.remote} could not be cloned at branch ${place.branch}: ${stderr || `git ended with ${exitCode}`}. Look at GIT_REMOTE_URL, ` +
      "GIT_BRANCH, the token (GIT_TOKEN) or deploy key (GIT_SSH_COMMAND), and at the room on the disk of SCRATCH_DIR. Nothing was published.",
  );
}
