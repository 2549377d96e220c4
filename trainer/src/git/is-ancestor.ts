import { CliError } from "../cli-error.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";

/** Whether a commit is `tip` or comes before it. Rejects with CliError where git cannot tell. */
export async function isAncestor(place: GitPlace, commit: string, tip: string): Promise<boolean> {
  const { exitCode, stderr } = await runGit(place, ["merge-base", "--is-ancestor", commit, tip]);
  if (exitCode <= 1) return exitCode === 0;
  throw new CliError(
    `git cannot compare ${commit} with ${tip}: ${stderr}. Delete ${place.cwd} and run this again.`,
  );
}
