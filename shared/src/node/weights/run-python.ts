import { spawn } from "node:child_process";
import { WeightsError } from "./weights-error.ts";

export type PythonOptions = {
  /** The interpreter; "python3" unless the caller knows better. */
  readonly python: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs Python with arguments and waits for its end. Rejects with WeightsError when there is no Python, when
 * it fails (with the last lines that it wrote) or takes too long; with the signal's reason when aborted.
 */
export async function runPython(args: readonly string[], options: PythonOptions): Promise<void> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const child = spawn(options.python, args, {
    cwd: options.cwd,
    env: options.env,
    signal,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let tail = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    tail = (tail + piece).slice(-2_000);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    options.signal?.throwIfAborted();
    throw new WeightsError(
      error.code === "ENOENT"
        ? `There is no ${options.python} on this machine.`
        : limit.aborted
          ? `${options.python} took longer than ${options.timeoutMs / 1_000} s.`
          : `${options.python} could not be run: ${error.message}.`,
      { cause: error },
    );
  });
  if (exitCode !== 0) {
    const lines = tail.trim().split("\n").slice(-3).join(" ");
    throw new WeightsError(
      `${options.python} ${args.slice(0, 3).join(" ")} failed (exit code ${exitCode}): ${lines}`,
    );
  }
}
