import { DeliveryError } from "./delivery-error.ts";
import { type Ended, runProgram } from "./run-program.ts";

/** git in `root`. Gives its stdout where it ended with 0 or a code in `answers`; rejects with DeliveryError (1) otherwise. */
export async function runGit(
  root: string,
  args: readonly string[],
  answers: readonly number[] = [],
): Promise<Ended> {
  const ended = await runProgram("git", args, { cwd: root, env: process.env, timeoutMs: 60_000 });
  if (ended.exitCode === 0 || answers.includes(ended.exitCode)) return ended;
  throw new DeliveryError(1, `git ${args.join(" ")} ended with ${ended.exitCode}: ${ended.stderr.trim()}`);
}
