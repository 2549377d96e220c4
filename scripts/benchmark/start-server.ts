import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type RunningServer = {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until /readyz said that it is ready. */
  readonly readyMs: number;
  /** Resident memory of the process now and at its highest, in MB (10^6 bytes); null where the system does not tell. */
  memory(): Promise<{ residentMb: number; peakMb: number } | null>;
  /** Sum and count of each stage's histogram in /metrics. */
  stages(): Promise<Map<string, { seconds: number; count: number }>>;
  stop(): Promise<void>;
};

export type ServerOptions = {
  readonly databaseUrl: string;
  readonly modelDir: string;
  readonly logFile: string;
  /** For node itself, such as --cpu-prof. */
  readonly nodeOptions?: readonly string[];
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

/**
 * Starts the server as a process of its own, as it is deployed: no language model, loopback. Its log goes to a file. Rejects with the end of the
 * log when it does not get ready. It ends with this process.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(options.logFile, "w");
  const startedMs = performance.now();
  const server = spawn(process.execPath, [...(options.nodeOptions ?? []), ...(await startArguments())], {
    cwd: root,
    stdio: ["ignore", log, log],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: "127.0.0.1",
      DATABASE_URL: options.databaseUrl,
      MODEL_DIR: options.modelDir,
      ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
      ...(process.env.BUNDLE_DIR ? { BUNDLE_DIR: process.env.BUNDLE_DIR } : {}),
    },
  });
  closeSync(log);
  const exited = once(server, "exit");
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    const force = setTimeout(kill, stopTimeoutMs);
    server.kill("SIGTERM");
    if (server.exitCode === null && server.signalCode === null) await exited;
    clearTimeout(force);
    process.off("exit", kill);
  };
  for (;;) {
    const missing = await findMissing(url);
    if (missing === null) break;
    if (server.exitCode !== null || performance.now() - startedMs > startTimeoutMs) {
      await stop();
      const said = (await readFile(options.logFile, "utf8")).slice(-2_000);
      throw new Error(
        `The server did not get ready within ${startTimeoutMs / 1_000} s. It said: ${missing}\nIts log ends:\n${said}`,
      );
    }
    await sleep(10);
  }
  const readyMs = performance.now() - startedMs;
  const pid = server.pid ?? 0;
  return { url, pid, readyMs, memory: () => readMemory(pid), stages: () => readStages(url), stop };
}

/** What `npm start` gives to node: the program, after the options it is deployed with. */
async function startArguments(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const [, ...args] = String(scripts.start).split(" ");
  return args;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

/** What /readyz says is missing; null when the server is ready. */
async function findMissing(url: string): Promise<string | null> {
  try {
    const response = await fetch(`${url}/readyz`);
    return response.ok ? null : await response.text();
  } catch (error) {
    return String(error);
  }
}

async function readMemory(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1_024) / 1e6;
  const memory = { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
  return Number.isNaN(memory.residentMb) ? null : memory;
}

async function readStages(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const stages = new Map<string, { seconds: number; count: number }>();
  for (const [, kind, stage = "", value] of text.matchAll(
    /^\w+_seconds_(sum|count)\{[^}]*stage="(\w+)"[^}]*\} (\S+)$/gm,
  )) {
    const known = stages.get(stage) ?? { seconds: 0, count: 0 };
    stages.set(
      stage,
      kind === "sum" ? { ...known, seconds: Number(value) } : { ...known, count: Number(value) },
    );
  }
  return stages;
}
