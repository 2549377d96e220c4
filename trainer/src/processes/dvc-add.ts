import { CliError } from "../cli-error.ts";
import { quietEnv } from "./quiet-env.ts";
import { runProcess } from "./run-process.ts";

/** Hashing and caching some hundred MB. */
const timeoutMs = 30 * 60 * 1_000;

/**
 * `dvc add`: puts a file or folder into DVC's cache and writes its pointer `<path>.dvc` beside it. `path` is relative to `root`.
 * Rejects with CliError where DVC refused; its own message stands above.
 */
export async function dvcAdd(options: {
  readonly root: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { root, path, env, signal } = options;
  const { exitCode } = await runProcess("dvc", ["add", "--quiet", path], {
    cwd: root,
    env: quietEnv(env),
    timeoutMs,
    output: "inherit",
    signal,
  });
  if (exitCode === 0) return;
  throw new CliError(
    `dvc add ${path} ended with ${exitCode}: the lines above say why. Run this again afterwards.`,
  );
}
