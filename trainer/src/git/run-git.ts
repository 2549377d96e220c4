import { describeCommand } from "../processes/describe-command.ts";
import { runProcess } from "../processes/run-process.ts";
import type { GitPlace } from "./git-place.ts";
import { hideSecrets } from "./hide-secrets.ts";

export type GitAnswer = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** What works on the local repository alone; a verb that talks to the remote names its own limit. */
const localTimeoutMs = 2 * 60 * 1_000;

/**
 * Runs git and resolves with what it said and its exit code, which is the verb's to judge. stdout is as it was; stderr has no
 * secret in it. `changes` marks what a dry run only announces. Rejects with CliError where git is not there, or did not end in time.
 */
export async function runGit(
  place: GitPlace,
  args: readonly string[],
  options: {
    readonly timeoutMs?: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly changes?: true;
  } = {},
): Promise<GitAnswer> {
  place.announce?.(hideSecrets(describeCommand("git", args), place.secrets));
  if (options.changes && place.isDryRun) return { exitCode: 0, stdout: "", stderr: "" };
  const { exitCode, stdout, stderr } = await runProcess("git", args, {
    cwd: place.cwd,
    env: { ...place.env, ...options.env },
    timeoutMs: options.timeoutMs ?? localTimeoutMs,
    output: "capture",
    errors: "capture",
    ...(place.signal ? { signal: place.signal } : {}),
  });
  return { exitCode, stdout, stderr: hideSecrets(stderr ?? "", place.secrets).trim() };
}
