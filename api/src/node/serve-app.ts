import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import type { App } from "../http/app-env.ts";

export type RunningServer = {
  /** Where it serves, with the port that was taken. */
  readonly url: string;
  /**
   * Takes no new connections, lets running answers finish, and cuts off what is left after `deadlineMs`. As long as a connection is open it first answers what
   * comes for `graceMs`, each with `Connection: close`.
   */
  stop(deadlineMs: number): Promise<void>;
};

/**
 * A question that crosses the closing of an idle connection is lost: a client that keeps connections open is told by an answer first. Where connections come
 * from in a cluster is slower to learn; there the pod waits before it stops (preStop).
 */
const graceMs = 1_000;

const pollMs = 50;

/** The port cannot be taken. The message says what to do. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/** Serves the app over HTTP. Rejects with PortError where host and port cannot be had. */
export async function serveApp(
  app: App,
  { host, port }: { host: string; port: number },
): Promise<RunningServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    createServer,
    // An import may take an hour to send; readers of bodies give up a silent sender themselves.
    serverOptions: { requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000 },
  }) as Server;
  server.listen(port, host);
  await once(server, "listening").catch((error: unknown) => {
    throw portError(error, host, port);
  });
  const taken = (server.address() as AddressInfo).port;
  return { url: `http://${urlHost(host)}:${taken}`, stop: (deadlineMs) => stop(server, deadlineMs) };
}

/** An address that a person can open: not "everywhere", and an IPv6 one in brackets. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function portError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : "";
  const said: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use on ${host}. Stop what uses it, or choose another: PORT=${port + 1}.`,
    EACCES: `Port ${port} may not be opened by this user. Choose one above 1023, for example PORT=8000.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one, for example 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `The host name ${host} is not known. Set HOST to an address, for example 127.0.0.1 or 0.0.0.0.`,
  };
  const message = typeof code === "string" ? said[code] : undefined;
  return message ? new PortError(message, { cause: error }) : error;
}

async function stop(server: Server, deadlineMs: number): Promise<void> {
  const begun = performance.now();
  const elapsedMs = () => performance.now() - begun;
  server.prependListener("request", (_, response) => response.setHeader("connection", "close"));
  const countOpen = promisify(server.getConnections.bind(server));
  while (elapsedMs() < Math.min(graceMs, deadlineMs) && (await countOpen()) > 0) await sleep(pollMs);

  // `close` waits for keep-alive connections that nobody uses any more: those are closed as they become idle.
  const closed = once(server, "close");
  server.close();
  const closeIdle = setInterval(() => server.closeIdleConnections(), pollMs);
  const cutOff = setTimeout(() => server.closeAllConnections(), Math.max(0, deadlineMs - elapsedMs()));
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cutOff);
}
