import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import { createDatabase, type Database } from "../../database/database.ts";

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
  });
  pool.on("error", () => {});
  return createDatabase("node-postgres", drizzle(pool), () => pool.end());
}
