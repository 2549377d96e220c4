import { randomUUID } from "node:crypto";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const heartbeatMs = 2_000;
const staleMs = 15_000;
const pollMs = 200;

/**
 * Does `work` while this process alone holds the lock file at `path`; waits for another holder to finish,
 * calling `onWait` once. A lock whose process is gone from this machine is taken over at once; one of
 * another machine (a shared folder, another container) when its holder has not touched it for 15
 * seconds, which it does every two. Rejects as `work` does, or with the signal's reason.
 */
export async function holdLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; onWait?: (() => void) | undefined } = {},
): Promise<T> {
  const token = `${hostname()} ${process.pid} ${randomUUID()}`;
  let waited = false;
  while (!(await take(path, token))) {
    options.signal?.throwIfAborted();
    if (!waited) options.onWait?.();
    waited = true;
    await sleep(pollMs);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, "utf8").catch(() => "")) === token) await rm(path, { force: true });
  }
}

async function take(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (await isAbandoned(path)) await rm(path, { force: true });
  return false;
}

async function isAbandoned(path: string): Promise<boolean> {
  const held = await stat(path).catch(() => undefined);
  if (held === undefined) return false;
  if (Date.now() - held.mtimeMs > staleMs) return true;
  const [host, pid] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  return host === hostname() && Number(pid) > 0 && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
