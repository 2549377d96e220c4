import type { Database, DatabaseDriver } from "../../database/database.ts";
import { openNeon } from "../../database/open-neon.ts";
import { openNodePostgres } from "./open-node-postgres.ts";
import { type EmbeddedDatabase, openPglite } from "./open-pglite.ts";

export type DatabaseConfig = {
  /** Absent: the embedded database in `dataDirectory`. */
  readonly url?: string | undefined;
  readonly driver?: DatabaseDriver | undefined;
  readonly dataDirectory: string;
};

/** Opens the database that the configuration names: embedded without a URL, else by driver (node-postgres by default). */
export async function openDatabase({
  url,
  driver,
  dataDirectory,
}: DatabaseConfig): Promise<Database | EmbeddedDatabase> {
  if (!url) return openPglite(dataDirectory);
  if (driver === "neon-http") return openNeon({ url, transport: "http" });
  if (driver === "neon-websocket") {
    return openNeon({ url, transport: "websocket", webSocketConstructor: globalThis.WebSocket });
  }
  return openNodePostgres({ url });
}
