import { CliError } from "../cli-error.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";

/**
 * What became of a push. "behind": somebody else's commit is there first, so fetch and try again. "refused": a hook, a protected branch or a missing right says no, and will
 * say it again. "unknown": the connection broke, and the remote may or may not have the commit.
 */
export type PushResult =
  | { readonly outcome: "pushed" }
  | { readonly outcome: "behind" | "refused" | "unknown"; readonly said: string };

const timeoutMs = 5 * 60 * 1_000;

/** Pushes a commit to the remote's branch, never by force. Rejects with CliError where git could not be run. */
export async function pushCommit(place: GitPlace, commit: string): Promise<PushResult> {
  const args = ["push", "--porcelain", place.remote, `${commit}:refs/heads/${place.branch}`];
  const { exitCode, stdout, stderr } = await runGit(place, args, { timeoutMs, changes: true });
  if (exitCode === 0) return { outcome: "pushed" };
  const status = stdout.split("\n").find((line) => line.startsWith("!\t"));
  const said = [status?.split("\t").at(-1), remoteLines(stderr)].filter(Boolean).join(": ");
  if (status === undefined) return withoutStatus(stderr || `git push ended with ${exitCode}`);
  // Two pushes at one moment: the server names the lock or the value that the other one had changed.
  const isRace =
    /\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|fetch first|stale info/i;
  const isBroken = /failure: .*(unexpected|hung up)|remote end hung up|connection/i;
  if (isRace.test(status)) return { outcome: "behind", said };
  return { outcome: isBroken.test(status) ? "unknown" : "refused", said };
}

/** The remote gave no word on the branch itself. */
function withoutStatus(said: string): PushResult {
  const isNo =
    /Authentication failed|could not read (Username|Password)|Permission .*denied|access denied|not allowed to push|error: 403|error: 401|Write access .*not granted|read.only/i;
  return { outcome: isNo.test(said) ? "refused" : "unknown", said };
}

/** What a hook printed for people. */
function remoteLines(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^remote:\s*(.*?)\s*$/.exec(line)?.[1] ?? []);
  return lines.filter(Boolean).slice(0, 5).join(" ").slice(0, 500);
}

/** The error of a push that was refused, with its next step. */
export function pushRefusedError(place: GitPlace, said: string): CliError {
  return new CliError(
    `${place.remote} refuses a push to ${place.branch}: ${said}. The data is in the DVC remote, no pointer was published, and what serves is unchanged. ` +
      "Let the trainer's deploy key or App past the branch protection (it commits dvc.lock, metrics and the model card alone), then run this again.",
    { exitCode: 2 },
  );
}
