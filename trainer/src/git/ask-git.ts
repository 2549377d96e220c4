import { CliError } from "../cli-error.ts";
import { describeCommand } from "../processes/describe-command.ts";
import type { GitPlace } from "./git-place.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { runGit } from "./run-git.ts";

/** Runs a git command that has no way to say no, and resolves with its stdout, trimmed. Rejects with CliError on any exit code but 0. */
export async function askGit(
  place: GitPlace,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runGit(place, args, { env });
  if (exitCode === 0) return stdout.trimEnd();
  const command = hideSecrets(describeCommand("git", args), place.secrets);
  throw new CliError(
    `${command} ended with ${exitCode} in ${place.cwd}: ${stderr || "it gave no reason"}. The remote is as it was. ` +
      "Where the clone is damaged or the disk is full, make room, delete the folder, and run this again.",
  );
}
