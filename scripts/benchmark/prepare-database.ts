import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { putDocument } from "../../api/src/knowledge/put-document.ts";
import { putTickets } from "../../api/src/knowledge/put-tickets.ts";
import type { Database } from "../../shared/src/database/database.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { type PostgresServer, startPostgres } from "../../test/database/start-postgres.ts";
import { composeKnowledge } from "./compose-knowledge.ts";
import { createStoredEmbedder } from "./create-stored-embedder.ts";
import type { StarterText } from "./read-starter-texts.ts";
import { showSteps } from "./show-steps.ts";

export type PrepareOptions = {
  readonly cacheFolder: string;
  readonly texts: readonly StarterText[];
  readonly chunkCount: number;
  readonly embedder: Embedder;
};

const seed = 20_260_701;
const ticketsAtOnce = 100;

/** Documents under way at once: enough that both embedder threads have work, while the database writes. */
const writersAtOnce = 6;

/** Durable as in production: what an answer costs when its row survives a power cut. */
const settings = {
  fsync: "on",
  full_page_writes: "on",
  shared_buffers: "'512MB'",
  max_wal_size: "'1GB'",
  autovacuum_naptime: "'1min'",
};

/**
 * Starts a PostgreSQL server with `chunkCount` chunks in it, written by the application's own putDocument and putTickets. The filled
 * data are kept in `cacheFolder` until the schema, the write path or the texts change; vectors are kept by text.
 */
export async function prepareDatabase(options: PrepareOptions): Promise<PostgresServer> {
  await mkdir(options.cacheFolder, { recursive: true });
  const saved = join(options.cacheFolder, `postgres-${await cacheKey(options)}`);
  if (await exists(saved)) return startPostgres({ copyOf: saved, settings });

  const server = await startPostgres({
    settings: { ...settings, fsync: "off", maintenance_work_mem: "'512MB'" },
  });
  await fill(server.url, options);
  await server.stop();
  await rm(`${saved}.draft`, { recursive: true, force: true });
  await server.saveTo(`${saved}.draft`);
  await server.end();
  for (const old of await readdir(options.cacheFolder)) {
    const isOfThisSize = old.startsWith(`postgres-${options.chunkCount}-`) && !old.endsWith(".draft");
    if (isOfThisSize) await rm(join(options.cacheFolder, old), { recursive: true });
  }
  await rename(`${saved}.draft`, saved);
  return startPostgres({ copyOf: saved, settings });
}

async function fill(
  url: string,
  { cacheFolder, texts, chunkCount, embedder }: PrepareOptions,
): Promise<void> {
  const database = openNodePostgres({ url });
  await migrate(database);
  const steps = showSteps(`filling the database (once; vectors made so far are kept)`, chunkCount);
  const stored = await createStoredEmbedder(
    embedder,
    join(cacheFolder, `vectors-${digest([embedder.maker])}.bin`),
  );
  const { documents, tickets } = composeKnowledge(texts, chunkCount, seed);
  const deps = { database, embedder: stored };
  await inParallel(documents, async ({ externalId, markdown }) => {
    const bytes = new TextEncoder().encode(markdown);
    const { chunkCount: written } = await putDocument(deps, {
      bytes,
      mediaType: "text/markdown",
      externalId,
    });
    steps.add(written);
  });
  const batches = Array.from({ length: Math.ceil(tickets.length / ticketsAtOnce) }, (_, number) =>
    tickets.slice(number * ticketsAtOnce, (number + 1) * ticketsAtOnce),
  );
  await inParallel(batches, async (batch) => {
    const { searchable } = await putTickets(deps, batch, { source: "bench" });
    steps.add(searchable);
  });
  steps.end();
  await settle(database);
  await database.close();
}

/** What autovacuum does within minutes of an import. */
async function settle(database: Database): Promise<void> {
  await database.rows(sql`vacuum analyze`, { deadlineMs: 600_000 });
  await database.rows(sql`checkpoint`, { deadlineMs: 600_000 });
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: writersAtOnce }, worker));
}

/** Size, then what the stored rows depend on: migrations, the code that composes and writes, the texts, the embedder. */
async function cacheKey({ texts, chunkCount, embedder }: PrepareOptions): Promise<string> {
  const folders = ["../../shared/migrations", "../../api/src/knowledge", "."];
  const sources = await Promise.all(
    folders.map((folder) => readSources(fileURLToPath(new URL(folder, import.meta.url)))),
  );
  return `${chunkCount}-${digest([embedder.maker, JSON.stringify(texts), ...sources.flat()])}`;
}

async function readSources(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const isSource = (name: string) =>
    /\.(sql|ts)$/.test(name) &&
    !name.endsWith(".test.ts") &&
    (!folder.endsWith("benchmark") || /compose|identifiers/.test(name));
  return Promise.all(
    names
      .filter(isSource)
      .sort()
      .map((name) => readFile(join(folder, name), "utf8")),
  );
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
