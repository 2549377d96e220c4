import { join } from "node:path";
import { runProcess } from "../processes/run-process.ts";

/** Where tracking is done: the repository, and the environment with PATH (python) and, for a server, MLFLOW_TRACKING_URI and its token. */
export type TrackingPlace = {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the embedded store; used where MLFLOW_TRACKING_URI is not set. */
  readonly storeFolder: string;
  /** Ends a script that is under way, and whatever it started. */
  readonly signal?: AbortSignal;
};

/** Uploads of a few MB over a slow line; a server that is away is noticed within a minute. */
const timeoutMs = 10 * 60 * 1_000;

/** Runs one of trainer/python's scripts that speak to MLflow. What failed stands on stderr, in one line, without secrets. */
export function runTrackingScript(
  name: "log_run" | "set_alias" | "fetch_bundle",
  args: readonly string[],
  { root, env, storeFolder, signal }: TrackingPlace,
): Promise<{ exitCode: number; stdout: string }> {
  const script = join(root, "trainer/python", `${name}.py`);
  const options = { cwd: root, env, timeoutMs, output: "capture", ...(signal ? { signal } : {}) } as const;
  return runProcess("python", [script, ...args, "--store", storeFolder], options);
}
