import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { createTestDatabase } from "./create-test-database.ts";
import { openThrough } from "./open-through.ts";
import { startNeonRelay } from "./start-neon-relay.ts";

/**
 * An empty database with this version's schema, through the driver: PGlite in memory, else the real PostgreSQL, for Neon's drivers behind a relay.
 * `close` ends both.
 */
export async function openOnDriver(
  driver: DatabaseDriver,
): Promise<{ database: Database; close: () => Promise<void> }> {
  if (driver === "pglite") {
    const database = await openPglite();
    await migrate(database);
    return { database, close: () => database.close() };
  }
  const relay = await startNeonRelay();
  const database = openThrough(driver, await createTestDatabase(), relay);
  return {
    database,
    close: async () => {
      await database.close();
      await relay.stop();
    },
  };
}
