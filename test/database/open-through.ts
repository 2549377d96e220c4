import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { openNeon } from "../../shared/src/database/open-neon.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import type { NeonRelay } from "./start-neon-relay.ts";

/** Opens the database at `url` through one of the drivers that reach a server. */
export function openThrough(
  driver: Exclude<DatabaseDriver, "pglite">,
  url: string,
  relay: NeonRelay,
): Database {
  if (driver === "node-postgres") return openNodePostgres({ url });
  const transport = driver === "neon-http" ? "http" : "websocket";
  return openNeon({ url, transport, relay: relay.options });
}
