import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Runs a script of a checkout as a person in it would. */
export async function runCheckoutScript(
  checkout: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) {
  const child = spawn(script, args, { cwd: checkout, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout: stdout.trim(), stderr, code };
}
