import { execa } from "execa";
import { CliError } from "../cli-error.ts";

export type RunProcessOptions = {
  readonly cwd: string;
  /** The whole environment of the child; nothing is inherited. Secrets go here, never into arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** "inherit" hands the terminal to the child (progress bars work); "capture" gives its stdout to the caller. */
  readonly output: "inherit" | "capture";
  readonly signal?: AbortSignal;
};

/**
 * Runs one external program and resolves with its exit code and, captured, its stdout. Every call names its working
 * directory, environment and time limit. An aborted or overdue child gets SIGTERM, and SIGKILL five seconds later. Rejects with
 * CliError where the program is not there, ran out of time or was killed; an exit code other than 0 is an answer, and the caller's to judge.
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: RunProcessOptions,
): Promise<{ exitCode: number; stdout: string }> {
  const result = await execa(program, args, {
    cwd: options.cwd,
    env: { ...options.env },
    extendEnv: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 5_000,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    stdin: "ignore",
    stdout: options.output === "inherit" ? "inherit" : "pipe",
    stderr: "inherit",
    reject: false,
  });
  if (result.exitCode !== undefined) return { exitCode: result.exitCode, stdout: result.stdout ?? "" };
  if (result.timedOut)
    throw new CliError(`${program} did not end within ${options.timeoutMs / 1_000} s and was stopped.`);
  if (result.isCanceled)
    throw new CliError(`${program} was stopped. What it had finished is kept: run this again to go on.`);
  if (result.signal !== undefined) {
    throw new CliError(
      `${program} was killed by ${result.signal} (out of memory?). Run this again to go on.`,
    );
  }
  throw new CliError(`${program} could not be started: is it installed, and in PATH?`, {
    cause: result.cause,
  });
}
