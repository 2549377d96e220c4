import { type NeonConfig, neon, neonConfig, Pool, type PoolClient } from "@neondatabase/serverless";
import { drizzle as drizzleHttp } from "drizzle-orm/neon-http";
import { drizzle as drizzleWebSocket } from "drizzle-orm/neon-serverless";
import { createDatabase, type Database } from "./database.ts";
import { pooledSession } from "./pooled-session.ts";

export type NeonOptions = {
  readonly url: string;
  /** HTTP: one request a statement, the right one for Lambda and edge. WebSocket: sessions and transactions. */
  readonly transport: "http" | "websocket";
  /** Where the relays are, when they are not Neon's own (a test, a self-hosted proxy). One setting for the process. */
  readonly relay?: Partial<
    Pick<NeonConfig, "fetchEndpoint" | "wsProxy" | "useSecureWebSocket" | "pipelineTLS" | "pipelineConnect">
  >;
  /** A WebSocket class, where the runtime has none of its own. */
  readonly webSocketConstructor?: NeonConfig["webSocketConstructor"];
};

/** Opens a Neon database without a socket API: over fetch, or over a WebSocket. Connects with the first statement. */
export function openNeon({ url, transport, relay, webSocketConstructor }: NeonOptions): Database {
  Object.assign(neonConfig, relay);
  if (webSocketConstructor) neonConfig.webSocketConstructor = webSocketConstructor;
  return transport === "http" ? openOverHttp(url) : openOverWebSocket(url);
}

function openOverHttp(url: string): Database {
  return createDatabase(
    "neon-http",
    async (work, signal) => work(drizzleHttp(neon(url, { fetchOptions: { signal } }))),
    async () => {},
  );
}

function openOverWebSocket(url: string): Database {
  // A frozen container keeps no connection alive: one at most, given up soon.
  const pool = new Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 5_000,
    connectionTimeoutMillis: 5_000,
  });
  pool.on("error", () => {});
  // Without a listener a connection that dies while it works would end the process.
  pool.on("connect", (client: PoolClient) => client.on("error", () => {}));
  return createDatabase(
    "neon-websocket",
    pooledSession(
      () => pool.connect(),
      (client) => drizzleWebSocket(client),
    ),
    () => pool.end(),
  );
}
