import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modelDir, starterBundle } from "./create-real-app.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export type ServerProcess = {
  readonly child: ChildProcess;
  /** Resolves with the address once it is printed; rejects with what was printed where the process ends before. */
  readonly url: Promise<string>;
  /** What went to stderr so far. */
  said(): string;
  /** Lines of the log, parsed. */
  log(): Record<string, unknown>[];
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
};

const running = new Set<ChildProcess>();

/**
 * Starts the real server in a process of its own, on a free port, with one embedder thread; of this checkout, or of another. Its log is read,
 * or goes to the open file `logFile`.
 */
export function startServerProcess(
  env: Record<string, string>,
  checkout = root,
  logFile: number | "pipe" = "pipe",
): ServerProcess {
  const child = spawn(process.execPath, [join(checkout, "api/src/server.ts")], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      EMBEDDER_WORKERS: "1",
      MODEL_DIR: modelDir,
      BUNDLE_DIR: starterBundle,
      ...env,
    },
    stdio: ["ignore", logFile, "pipe"],
  });
  running.add(child);
  let said = "";
  let logged = "";
  child.stdout?.on("data", (piece) => {
    logged += piece;
  });
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return code ?? signal;
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stderr?.on("data", (piece) => {
      said += piece;
      const printed = /Support IT Agent: (\S+)/.exec(said)?.[1];
      if (printed) resolve(printed);
    });
    ended.then(() => reject(new Error(`the server ended: ${said}`)));
  });
  url.catch(() => {});
  return {
    child,
    url,
    ended,
    said: () => said,
    log: () =>
      logged
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
}

/** Ends whatever a failed test left running. */
export function killServerProcesses(): void {
  for (const child of running) child.kill("SIGKILL");
}
