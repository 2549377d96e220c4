import { spawn } from "node:child_process";
import { DeliveryError } from "./delivery-error.ts";

export type ProgramOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** What the program reads on stdin; nothing where it is absent. */
  readonly input?: string;
};

export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/**
 * Runs one program to its end and gives what it said. An exit code other than 0 is an answer, and the caller's to judge. Rejects with
 * DeliveryError (1) where the program is not there, was killed, or did not end in time.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, timeoutMs, input = "" }: ProgramOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, env: { ...env }, timeout: timeoutMs, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    // A program that does not read to the end is no fault: its exit code says what it made of it.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", (cause) => {
      reject(
        new DeliveryError(1, `${program} could not be started: is it installed, and in PATH?`, { cause }),
      );
    });
    child.on("close", (exitCode, signal) => {
      if (exitCode !== null) return resolve({ exitCode, stdout, stderr });
      reject(
        new DeliveryError(
          1,
          child.killed
            ? `${program} ${args[0]} did not finish within ${timeoutMs / 1_000} s and was stopped.`
            : `${program} ${args[0]} was killed by ${signal} (out of memory?).`,
        ),
      );
    });
  });
}
