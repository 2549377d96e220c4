import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

/** A server program on loopback that a test started, and nothing of it is left once `stop` resolved. */
export type RunningProgram = { readonly url: string; stop(): Promise<void> };

/**
 * Starts a program that listens on the port in its arguments, and waits until it answers HTTP at `readyPath`. It runs in a process
 * group of its own, which `stop` kills: servers of Python start workers. Rejects with what it wrote where it ends or is not there in time.
 */
export async function startProgram(
  program: string,
  argsFor: (port: number) => readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly readyPath: string;
    readonly port?: number;
    readonly timeoutMs?: number;
  },
): Promise<RunningProgram> {
  const port = options.port ?? (await freePort());
  const { env, cwd } = options;
  const child = spawn(program, argsFor(port), {
    env,
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  const keep = (chunk: Buffer) => {
    written = (written + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      written += error.message;
      resolve();
    });
  }).then(() => {
    isOver = true;
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => killGroup(child, ended);
  const deadline = Date.now() + (options.timeoutMs ?? 120_000);
  while (Date.now() < deadline && !isOver) {
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(url + options.readyPath, { signal }).catch(() => null);
    if (answer?.ok) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await stop();
  throw new Error(`${program} is not there at ${url}: ${written}`);
}

async function killGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
  await ended;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
