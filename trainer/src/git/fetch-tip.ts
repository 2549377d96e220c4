import { CliError } from "../cli-error.ts";
import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";
import { runGit } from "./run-git.ts";

const timeoutMs = 5 * 60 * 1_000;
const attempts = 3;

/**
 * Fetches the remote's branch and resolves with the commit it is at. It is kept under refs/published alone: neither a branch nor the work tree moves. Asks up to three
 * times; rejects with CliError where the remote does not answer or has no such branch.
 */
export async function fetchTip(place: GitPlace): Promise<string> {
  const ref = `refs/published/${place.branch}`;
  const args = ["fetch", "--quiet", "--no-tags", place.remote, `+refs/heads/${place.branch}:${ref}`];
  let said = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { exitCode, stderr } = await runGit(place, args, { timeoutMs });
    if (exitCode === 0) return askGit(place, ["rev-parse", "--verify", `${ref}^{commit}`]);
    said = stderr || `git ended with ${exitCode}`;
    if (
      /couldn't find remote ref|Authentication failed|could not read Username|Permission denied/i.test(said)
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 300 * attempt));
  }
  throw new CliError(
    `Branch ${place.branch} of ${place.remote} could not be fetched: ${said}. Look at the address, the token (GIT_TOKEN) or deploy key ` +
      "(GIT_SSH_COMMAND) and the network, then run this again: it goes on where it was.",
  );
}
