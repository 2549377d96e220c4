import { join } from "node:path";
import type { Config } from "../../api/src/config.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { DataDirectoryLockedError } from "../../shared/src/node/database/lock-data-directory.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openDatabase } from "../../shared/src/node/database/open-database.ts";

/** A database that a command works in, and what it is called for people. */
export type CommandDatabase = { readonly database: Database; readonly target: string };

/**
 * Opens what a command works with, straight in the configuration's database; the embedded one gets this version's schema first. That one takes
 * one process at a time: where a server has it open, `throughServer` makes the same out of the server's address. Throws
 * DataDirectoryLockedError where the holder serves nothing. Closes the database where `direct` fails.
 */
export async function openForCommand<Opened>(
  config: Config,
  direct: (opened: CommandDatabase) => Opened | Promise<Opened>,
  throughServer: (url: string) => Opened,
): Promise<Opened> {
  let database: Database;
  try {
    database = await openDatabase({
      url: config.databaseUrl,
      driver: config.databaseDriver,
      dataDirectory: config.dataDir,
    });
  } catch (error) {
    if (error instanceof DataDirectoryLockedError && error.holder?.url)
      return throughServer(error.holder.url);
    throw error;
  }
  try {
    if (!config.databaseUrl) await migrate(database);
    const target = config.databaseUrl ? "the database of DATABASE_URL" : join(config.dataDir, "pgdata");
    return await direct({ database, target });
  } catch (error) {
    await database.close();
    throw error;
  }
}
