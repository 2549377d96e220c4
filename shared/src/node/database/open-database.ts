import type { Database, DatabaseDriver } from "../../database/database.ts";
import { openNodePostgres } from "./open-node-postgres.ts";
import type { EmbeddedDatabase } from "./open-pglite.ts";

export type DatabaseConfig = {
  /** Absent: the embedded database in `dataDirectory`. */
  readonly url?: string | undefined;
  readonly driver?: DatabaseDriver | undefined;
  readonly dataDirectory: string;
};

/**
 * Opens the database that the configuration names: embedded without a URL, else by driver (node-postgres by default). The two larger drivers
 * are loaded only where they are used: 0.2 s of a start on two slow cores.
 */
export async function openDatabase({
  url,
  driver,
  dataDirectory,
}: DatabaseConfig): Promise<Database | EmbeddedDatabase> {
  if (!url) {
    const { openPglite } = await import("./open-pglite.ts");
    return openPglite(dataDirectory);
  }
  if (driver !== "neon-http" && driver !== "neon-websocket") return openNodePostgres({ url });
  const { openNeon } = await import("../../database/open-neon.ts");
  if (driver === "neon-http") return openNeon({ url, transport: "http" });
  return openNeon({ url, transport: "websocket", webSocketConstructor: globalThis.WebSocket });
}
