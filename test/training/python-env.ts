import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../trainer/src/processes/run-process.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The environment for children of a test: the trainer's Python with what tests start beside it (made on first use) first in PATH, and
 * nothing of the caller that would lead to a store, a database, a cloud or a proxy of theirs.
 */
export async function pythonEnv(): Promise<Record<string, string>> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        !/^(MLFLOW_|AWS_|DVC_|GIT_|GITHUB_|RAY_|DATABASE_|SUPPORT_IT_AGENT_)|_proxy$/i.test(entry[0]),
    ),
  );
  const options = { cwd: root, env: inherited, timeoutMs: 1_200_000, output: "capture" } as const;
  const { exitCode, stdout } = await runProcess("scripts/lib/python-env.sh", ["--test"], options);
  if (exitCode !== 0) throw new Error("The Python environment could not be made: see above.");
  return { ...inherited, PATH: `${dirname(stdout.trim())}:${inherited.PATH}` };
}
