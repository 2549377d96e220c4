import { sql } from "drizzle-orm";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

const templateName = "migrated";
let serverOfThisProcess: Promise<PostgresServer> | undefined;
let count = 0;

/**
 * Makes a database with this version's schema and nothing in it, and returns its connection string. The server is started
 * once a process (a test file, in vitest) and ends with it; each call makes a database of its own.
 */
export async function createTestDatabase(): Promise<string> {
  serverOfThisProcess ??= startMigrated();
  const server = await serverOfThisProcess;
  count += 1;
  const name = `test_${count}`;
  await execute(server.url, `create database ${name} template ${templateName}`);
  return server.urlOf(name);
}

async function startMigrated(): Promise<PostgresServer> {
  const server = await startPostgres();
  await execute(server.url, `create database ${templateName}`);
  const template = openNodePostgres({ url: server.urlOf(templateName) });
  await migrate(template);
  await template.close();
  return server;
}

async function execute(url: string, statement: string): Promise<void> {
  const database = openNodePostgres({ url });
  await database.rows(sql.raw(statement));
  await database.close();
}
