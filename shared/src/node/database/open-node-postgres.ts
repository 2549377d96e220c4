import { drizzle } from "drizzle-orm/node-postgres";
import { type ClientBase, Pool } from "pg";
import { createDatabase, type Database } from "../../database/database.ts";
import { pooledSession } from "../../database/pooled-session.ts";
import { spareSlowConnects } from "../../database/spare-slow-connects.ts";

export type NodePostgresOptions = {
  readonly url: string;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
};

/**
 * Opens a PostgreSQL database through node-postgres. Connects with the first statement; a connection that dies while
 * idle is dropped from the pool and the next statement makes another.
 */
export function openNodePostgres({
  url,
  maxConnections = 10,
  connectTimeoutMs = 3_000,
}: NodePostgresOptions): Database {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: "support-it-agent",
    onConnect: prepareConnection,
  });
  pool.on("error", () => {});
  return createDatabase(
    "node-postgres",
    pooledSession(
      spareSlowConnects(() => pool.connect()),
      (client) => drizzle(client),
    ),
    () => pool.end(),
  );
}

/**
 * Asks the server to look for us once a second while it works, and to cancel when we are gone. It is a statement and no
 * start-up parameter, because PgBouncer refuses those; a server on a platform that cannot do it (Windows) refuses this.
 */
async function prepareConnection(client: ClientBase): Promise<void> {
  // Without a listener a connection that dies while it works would end the process.
  client.on("error", () => {});
  await client.query("set client_connection_check_interval = '1s'").catch((error) => {
    if (!(error instanceof Error && "code" in error && error.code === "22023")) throw error;
  });
}
