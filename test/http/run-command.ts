import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { modelDir } from "./create-real-app.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a TypeScript program of the repository as a person would, with nothing in its environment but what is given; or one of another checkout. */
export async function runCommand(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  stdin = "",
  cwd = root,
) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, MODEL_DIR: modelDir, ...env },
  });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout: stdout.trim(), stderr, code };
}
