import type { Database, DatabaseDriver } from "@support-it-agent/shared/database/database";
import {
  appliedSchemaVersion,
  requiredSchemaVersion,
} from "@support-it-agent/shared/database/schema-version";
import { DataDirectoryLockedError } from "@support-it-agent/shared/node/database/lock-data-directory";
import { openDatabase } from "@support-it-agent/shared/node/database/open-database";
import { CliError } from "../cli-error.ts";

const drivers: readonly DatabaseDriver[] = ["node-postgres", "neon-http", "neon-websocket"];

/**
 * The database that the environment names, as the API finds it: DATABASE_URL with DATABASE_DRIVER, else the embedded one in DATA_DIR
 * (.data). Rejects with CliError where it is held by another process or has not the schema of this version.
 */
export async function openTrainingDatabase(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Database> {
  const driver = drivers.find((name) => name === env.DATABASE_DRIVER);
  if (env.DATABASE_DRIVER && !driver)
    throw new CliError(`DATABASE_DRIVER must be one of ${drivers.join(", ")}, or unset.`);
  const database = await openDatabase({
    url: env.DATABASE_URL || undefined,
    driver,
    dataDirectory: env.DATA_DIR || ".data",
  }).catch((error: unknown) => {
    throw error instanceof DataDirectoryLockedError ? new CliError(error.message, { cause: error }) : error;
  });
  try {
    if ((await appliedSchemaVersion(database)) >= requiredSchemaVersion) return database;
    throw new CliError(
      'The database lacks the schema of this version: run "node scripts/migrate.ts", and bring tickets in with ./scripts/import-tickets.',
    );
  } catch (error) {
    await database.close();
    throw error;
  }
}
