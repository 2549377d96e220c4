import { runProcess } from "../processes/run-process.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { reasonableEnv } from "./reasonable-env.ts";

/** A few hundred MB over a slow line. */
const timeoutMs = 60 * 60 * 1_000;

/** `dvc push` or `dvc pull` of the place's targets, its lines passed on. Resolves with its exit code. */
export async function runOnTargets(
  verb: "push" | "pull",
  { root, env, targets, remote, signal }: DvcPlace,
): Promise<number> {
  const args = [verb, ...(remote ? ["--remote", remote] : []), ...targets];
  const { exitCode } = await runProcess("dvc", args, {
    cwd: root,
    env: reasonableEnv(env),
    timeoutMs,
    output: "inherit",
    ...(signal ? { signal } : {}),
  });
  return exitCode;
}
