import { execa } from "execa";
import { CliError } from "../cli-error.ts";

export type RunProcessOptions = {
  readonly cwd: string;
  /** The whole environment of the child; nothing is inherited. Secrets go here, never into arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** "inherit" hands the terminal to the child (progress bars work), its stdout on our stderr: ours is for machines; "capture" gives it to the caller. */
  readonly output: "inherit" | "capture";
  /** Its stderr goes to ours, line by line; "capture" gives it to the caller, who decides what of it may be shown. */
  readonly errors?: "inherit" | "capture";
  readonly signal?: AbortSignal;
};

/** How long a program has for its own way out before what is left of it is killed. */
const graceSeconds = 10;

/**
 * Starts the program in a process group of its own, beside a watcher that reads a pipe which only we hold. When it closes (the
 * program ended, was aborted, or we died, by kill -9 too) the watcher interrupts whatever is left of the group, as Ctrl-C would, and
 * kills it later on. So that a pipeline's grandchildren never outlive it.
 */
const guard = `
exec 3<&0 </dev/null
( cat <&3; trap '' INT; kill -INT 0; sleep ${graceSeconds}; kill -KILL 0 ) >/dev/null 2>&1 &
exec 3<&-
exec "$0" "$@"
`;

/** What a shell exits with where there is no such program. */
const notFound = 127;

/**
 * Runs one external program and resolves with its exit code and, captured, its stdout and stderr. Every call names its working
 * directory, environment and time limit. An aborted or overdue child gets SIGINT, it and all that it started, and SIGKILL ten
 * seconds later; so does one whose caller died. Rejects with CliError where the program is not there, ran out of time or was
 * killed; an exit code other than 0 is an answer, and the caller's to judge.
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: RunProcessOptions,
): Promise<{ exitCode: number; stdout: string; stderr?: string }> {
  const child = execa("sh", ["-c", guard, program, ...args], {
    cwd: options.cwd,
    env: { ...options.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: "pipe",
    stdout: options.output === "inherit" ? 2 : "pipe",
    stderr: options.errors === "capture" ? "pipe" : "inherit",
    reject: false,
  });
  const stopped = { by: undefined as "time" | "caller" | undefined };
  const stop = (by: "time" | "caller") => {
    stopped.by ??= by;
    child.stdin.destroy();
  };
  const timer = setTimeout(stop, options.timeoutMs, "time");
  const abort = () => stop("caller");
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  const result = await child;
  clearTimeout(timer);
  options.signal?.removeEventListener("abort", abort);
  child.stdin.destroy();

  if (stopped.by === "time")
    throw new CliError(`${program} did not end within ${options.timeoutMs / 1_000} s and was stopped.`);
  if (stopped.by === "caller")
    throw new CliError(`${program} was stopped. What it had finished is kept: run this again to go on.`);
  if (result.signal !== undefined) {
    throw new CliError(
      `${program} was killed by ${result.signal} (out of memory?). Run this again to go on.`,
    );
  }
  if (result.exitCode === undefined || result.exitCode === notFound) {
    throw new CliError(`${program} could not be started: is it installed, and in PATH?`, {
      cause: result.cause,
    });
  }
  const stderr = options.errors === "capture" ? { stderr: result.stderr ?? "" } : {};
  return { exitCode: result.exitCode, stdout: result.stdout ?? "", ...stderr };
}
