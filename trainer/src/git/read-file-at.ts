import { CliError } from "../cli-error.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";

/** The text of a file as a commit has it; null where it has none of that name. */
export async function readFileAt(place: GitPlace, commit: string, path: string): Promise<string | null> {
  const { exitCode, stdout, stderr } = await runGit(place, ["cat-file", "blob", `${commit}:${path}`]);
  // execa takes the last line break off.
  if (exitCode === 0) return stdout === "" ? "" : `${stdout}\n`;
  if (/does not exist|exists on disk, but not in|path .* not in/i.test(stderr)) return null;
  throw new CliError(
    `${path} could not be read out of commit ${commit.slice(0, 12)}: ${stderr}. Delete ${place.cwd} and run this again.`,
  );
}
