// Makes the database ready for the server: brings the schema up to date and, once, fills an empty one with the starter
// knowledge base. Does nothing where both were done. A database of DATABASE_URL is migrated, and filled only with --starter.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { parseConfig } from "../api/src/config.ts";
import type { Database } from "../shared/src/database/database.ts";
import { DataDirectoryLockedError } from "../shared/src/node/database/lock-data-directory.ts";
import { migrate } from "../shared/src/node/database/migrate.ts";
import { openDatabase } from "../shared/src/node/database/open-database.ts";
import { startProgress } from "../shared/src/node/start-progress.ts";
import { type Ticket, ticketSchema } from "../shared/src/ticket.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { ingestFolder } from "./lib/ingest-folder.ts";
import { type KnowledgeWriter, openKnowledge } from "./lib/open-knowledge.ts";
import { parseCommand } from "./lib/parse-command.ts";

const starter = fileURLToPath(new URL("../data/starter", import.meta.url));
const { values } = parseCommand({
  usage: `Usage: node scripts/prepare-database.ts [--starter]

Brings the schema up to date and fills an empty embedded database with the starter knowledge base; with --starter the one of DATABASE_URL, too.`,
  options: { starter: { type: "boolean", default: false } },
});
const config = parseConfig(process.env);

try {
  if (await needsStarter()) {
    const knowledge = await openKnowledge(config, findModelDir(config));
    await loadStarter(knowledge).finally(knowledge.close);
    await withDatabase(markStarterLoaded);
  }
} catch (error) {
  if (error instanceof DataDirectoryLockedError && error.holder?.url) {
    console.error(`The agent is running already: ${error.holder.url}`);
  } else {
    console.error(error instanceof Error ? error.message : String(error));
  }
  process.exitCode = 1;
}

/** Brings the schema up to date, and tells whether the starter content has to be loaded. */
async function needsStarter(): Promise<boolean> {
  return withDatabase(async (database) => {
    await migrate(database);
    if (config.databaseUrl && !values.starter) return false;
    const loaded = await database.rows(sql`select from audit_log where action = 'starter.loaded' limit 1`);
    return loaded.length === 0;
  });
}

async function withDatabase<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await openDatabase({
    url: config.databaseUrl,
    // Migrations need a session, which Neon has over a WebSocket.
    driver: config.databaseDriver === "neon-http" ? "neon-websocket" : config.databaseDriver,
    dataDirectory: config.dataDir,
  });
  return work(database).finally(database.close);
}

/** Articles and solved tickets. A run that was cut off is done again: what is in already is left as it is. */
async function loadStarter(knowledge: KnowledgeWriter): Promise<void> {
  console.error("Loading the starter knowledge base (once) ...");
  const articles = startProgress("articles");
  const { refused } = await ingestFolder(knowledge, `${starter}/articles`, {
    onProgress: articles.update,
  }).finally(articles.end);
  if (refused[0]) throw new Error(`${refused[0].file} of ${starter}: ${refused[0].reason}`);
  const solved = (await readStarterTickets()).filter((ticket) => ticket.answer);
  const progress = startProgress("solved tickets");
  for (let start = 0; start < solved.length; start += 50) {
    await knowledge.putTickets(solved.slice(start, start + 50), "starter");
    progress.update(Math.min(start + 50, solved.length), solved.length);
  }
  progress.end();
}

async function readStarterTickets(): Promise<Ticket[]> {
  const names = (await readdir(`${starter}/tickets`))
    .filter((name) => /^(en|fr)-.*\.jsonl$/.test(name))
    .sort();
  const files = await Promise.all(names.map((name) => readFile(`${starter}/tickets/${name}`, "utf8")));
  const lines = files.flatMap((file) => file.split("\n").filter((line) => line.trim() !== ""));
  return lines.map((line) => ticketSchema.parse(JSON.parse(line)));
}

async function markStarterLoaded(database: Database): Promise<void> {
  await database.rows(
    sql`insert into audit_log (actor, action, subject) values ('scripts/start', 'starter.loaded', 'data/starter')`,
  );
}
