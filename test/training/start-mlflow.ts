import { join } from "node:path";
import { type RunningProgram, startProgram } from "./start-program.ts";

/** Starts a real MLflow server on loopback with a store called `name` in `folder`. `env` has the Python environment of pythonEnv. */
export function startMlflow(
  env: Readonly<Record<string, string>>,
  folder: string,
  { name = "mlflow", port }: { readonly name?: string; readonly port?: number } = {},
): Promise<RunningProgram> {
  const args = [
    "server",
    ...["--backend-store-uri", `sqlite:///${join(folder, `${name}.db`)}`],
    ...["--artifacts-destination", join(folder, `${name}-artifacts`)],
    ...["--host", "127.0.0.1", "--workers", "1"],
  ];
  return startProgram("mlflow", (at) => [...args, "--port", String(at)], {
    // Its queues of jobs are for what nobody here asks of it, and are processes of Python that poll.
    env: { ...env, MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    cwd: folder,
    readyPath: "/health",
    ...(port ? { port } : {}),
  });
}
