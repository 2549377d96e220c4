import { type NeonConfig, neon, neonConfig, Pool } from "@neondatabase/serverless";
import { drizzle as drizzleHttp } from "drizzle-orm/neon-http";
import { drizzle as drizzleWebSocket } from "drizzle-orm/neon-serverless";
import { createDatabase, type Database } from "./database.ts";

export type NeonOptions = {
  readonly url: string;
  /** HTTP: one request a statement, the right one for Lambda and edge. WebSocket: sessions and transactions. */
  readonly transport: "http" | "websocket";
  /** Where the relays are, when they are not Neon's own (a test, a self-hosted proxy). */
  readonly relay?: Partial<
    Pick<NeonConfig, "fetchEndpoint" | "wsProxy" | "useSecureWebSocket" | "pipelineTLS" | "pipelineConnect">
  >;
  /** A WebSocket class, where the runtime has none of its own. */
  readonly webSocketConstructor?: NeonConfig["webSocketConstructor"];
};

/** Opens a Neon database without a socket API: over fetch, or over a WebSocket. Connects with the first statement. */
export function openNeon(options: NeonOptions): Database {
  Object.assign(neonConfig, options.relay);
  if (options.webSocketConstructor) neonConfig.webSocketConstructor = options.webSocketConstructor;
  if (options.transport === "http") {
    return createDatabase("neon-http", drizzleHttp(neon(options.url)), async () => {});
  }
  // A frozen container keeps no connection alive: one at most, given up soon (FACTS: Lambda).
  const pool = new Pool({ connectionString: options.url, max: 1, idleTimeoutMillis: 5_000 });
  pool.on("error", () => {});
  return createDatabase("neon-websocket", drizzleWebSocket(pool), () => pool.end());
}
