import { describeCommand } from "../processes/describe-command.ts";
import { runProcess } from "../processes/run-process.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { reasonableEnv } from "./reasonable-env.ts";

/** A few hundred MB over a slow line. */
const timeoutMs = 60 * 60 * 1_000;

/** `dvc push` or `dvc pull` of the place's targets, its lines passed on. Resolves with its exit code. */
export async function runOnTargets(
  verb: "push" | "pull",
  { root, env, targets, remote, signal, announce, isDryRun }: DvcPlace,
): Promise<number> {
  const args = [verb, ...(remote ? ["--remote", remote] : []), ...targets];
  announce?.(describeCommand("dvc", args));
  if (isDryRun) return 0;
  const { exitCode } = await runProcess("dvc", args, {
    cwd: root,
    env: reasonableEnv(env),
    timeoutMs,
    output: "inherit",
    ...(signal ? { signal } : {}),
  });
  return exitCode;
}
