import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DeliveryError } from "./delivery-error.ts";
import { runProgram } from "./run-program.ts";

export type ServedBundle = { readonly url: string; readonly stop: () => Promise<void> };

/** The models load and warm up in seconds; a busy machine takes a minute. */
const startTimeoutMs = 180_000;

/**
 * Starts the API on loopback with the bundle of `folder` and an empty database in `scratch`. The caller stops it. Rejects with DeliveryError (2) where it
 * does not come up, with what the server said.
 */
export async function serveBundle(root: string, folder: string, scratch: string): Promise<ServedBundle> {
  // Nothing of a real installation's settings: no database of it, no key, no language model that costs.
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    MODEL_DIR: process.env.MODEL_DIR,
    BUNDLE_DIR: folder,
    DATA_DIR: join(scratch, "data"),
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "warn",
  };
  const migrated = await runProgram("node", ["scripts/migrate.ts"], {
    cwd: root,
    env,
    timeoutMs: startTimeoutMs,
  });
  if (migrated.exitCode !== 0)
    throw new DeliveryError(1, `No database could be made: ${migrated.stderr.trim()}`);
  const server = spawn("node", ["api/src/server.ts"], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => end(server);
  try {
    return { url: await addressOf(server), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The server names its address on stderr as soon as it listens. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) =>
      reject(
        new DeliveryError(2, `The API does not start with this bundle: ${why}. It said:\n${said.trim()}`),
      );
    const timer = setTimeout(fail, startTimeoutMs, `no address within ${startTimeoutMs / 1_000} s`);
    const hear = (text: string) => {
      said += text;
      const url = /^Support IT Agent: (?<url>\S+)$/m.exec(said)?.groups?.url;
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    server.stdout?.setEncoding("utf8").on("data", hear);
    server.stderr?.setEncoding("utf8").on("data", hear);
    server.on("error", (error) => fail(error.message));
    server.on("exit", (code) => {
      clearTimeout(timer);
      fail(`it ended with ${code}`);
    });
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), 30_000);
  await ended;
  clearTimeout(timer);
}
