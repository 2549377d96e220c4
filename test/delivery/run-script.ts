import { fileURLToPath } from "node:url";
import { type Ended, runProgram } from "../../scripts/delivery/run-program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs one of the commands in scripts/ as a person would, and gives its end. `env` goes before the environment of the tests. */
export function runScript(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  cwd: string = root,
  timeoutMs = 120_000,
): Promise<Ended> {
  return runProgram(`${cwd}/scripts/${name}`, args, {
    cwd,
    env: { ...process.env, ...env },
    timeoutMs,
  });
}
