import { CliError } from "../cli-error.ts";
import { quietEnv } from "./quiet-env.ts";
import { runProcess } from "./run-process.ts";

/** The longest that a whole pipeline may take. */
const timeoutMs = 6 * 60 * 60 * 1_000;

/**
 * `dvc repro` of the given stages and of those before them, its output on the caller's terminal. Rejects with
 * CliError where a stage failed; its own message stands above. `env` needs PATH with node, python and dvc.
 */
export async function dvcRepro(options: {
  readonly root: string;
  readonly targets: readonly string[];
  readonly force: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { root, targets, force, env, signal } = options;
  const args = ["repro", ...(force ? ["--force"] : []), ...targets];
  const { exitCode } = await runProcess("dvc", args, {
    cwd: root,
    env: quietEnv(env),
    timeoutMs,
    output: "inherit",
    signal,
  });
  if (exitCode === 0) return;
  throw new CliError(
    `dvc repro ended with ${exitCode}: the lines above say which stage failed and why. ` +
      "Nothing half-written was left; after mending it, run this again and finished stages are not repeated.",
  );
}
