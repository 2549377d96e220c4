// Brings the database of DATABASE_URL, or the embedded one in DATA_DIR, to the schema that this version needs. Prints the steps
// that ran, one a line. Exit codes: 0 the schema is there, 1 it cannot be brought there, with the reason; 2 wrong use; 3 the database is away, and another try may find it.
import { parseConfig } from "../api/src/config.ts";
import { DatabaseUnavailableError } from "../shared/src/database/database-unavailable-error.ts";
import { migrate } from "../shared/src/node/database/migrate.ts";
import { openDatabase } from "../shared/src/node/database/open-database.ts";
import { parseCommand } from "./lib/parse-command.ts";

parseCommand({
  usage: `Usage: node scripts/migrate.ts

Brings the database of DATABASE_URL, or the embedded one in DATA_DIR, to the schema that this version needs, and prints the steps that ran.
Exit codes: 0 the schema is there, 1 it cannot be brought there, 2 wrong use, 3 the database is away.`,
});
try {
  const config = parseConfig(process.env);
  const database = await openDatabase({
    url: config.databaseUrl,
    // The same Neon database, by the way that has transactions.
    driver: config.databaseDriver === "neon-http" ? "neon-websocket" : config.databaseDriver,
    dataDirectory: config.dataDir,
  });
  const steps = await migrate(database).finally(database.close);
  for (const step of steps) console.log(step);
  console.error(steps.length > 0 ? `${steps.length} migrations ran.` : "The schema is up to date.");
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof DatabaseUnavailableError ? 3 : 1;
}
