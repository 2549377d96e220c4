import { join } from "node:path";
import type { Config } from "../../api/src/config.ts";
import { type DocumentInput, putDocument } from "../../api/src/knowledge/put-document.ts";
import { maxTicketsAtOnce, type PutTicketsResult, putTickets } from "../../api/src/knowledge/put-tickets.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { DataDirectoryLockedError } from "../../shared/src/node/database/lock-data-directory.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openDatabase } from "../../shared/src/node/database/open-database.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import type { Ticket } from "../../shared/src/ticket.ts";
import { createHttpKnowledge } from "./create-http-knowledge.ts";

export type PutOutcome = "created" | "replaced" | "unchanged";

/** The knowledge base as a command writes it: straight into the database, or through the server that holds it open. */
export type KnowledgeWriter = {
  /** Where the writes go, for people. */
  readonly target: string;
  putDocument(input: DocumentInput & { externalId: string }): Promise<PutOutcome>;
  /** Any number of tickets; those that stand there as they are count as unchanged. */
  putTickets(tickets: readonly Ticket[], source: string): Promise<PutTicketsResult>;
  close(): Promise<void>;
};

/**
 * Opens the knowledge base of the configuration for a command. The embedded database takes one process at a time: where a
 * server has it open, the work goes through that server's HTTP interface. Throws DataDirectoryLockedError where the
 * holder serves nothing. `embeds: false` is for tickets without an answer: the network is not loaded.
 */
export async function openKnowledge(
  config: Config,
  modelDir: string,
  { embeds = true } = {},
): Promise<KnowledgeWriter> {
  try {
    return await openDirectly(config, modelDir, embeds);
  } catch (error) {
    if (error instanceof DataDirectoryLockedError && error.holder?.url)
      return createHttpKnowledge(error.holder.url, process.env.SUPPORT_IT_AGENT_KEY);
    throw error;
  }
}

async function openDirectly(config: Config, modelDir: string, embeds: boolean): Promise<KnowledgeWriter> {
  const database = await openDatabase({
    url: config.databaseUrl,
    driver: config.databaseDriver,
    dataDirectory: config.dataDir,
  });
  try {
    if (!config.databaseUrl) await migrate(database);
    const embedder = embeds
      ? await createWorkerEmbedder({ modelDir, workers: config.embedderWorkers })
      : withoutEmbedder;
    const deps = { database, embedder };
    return {
      target: config.databaseUrl ? "the database of DATABASE_URL" : join(config.dataDir, "pgdata"),
      putDocument: async (input) => (await putDocument(deps, input)).outcome,
      putTickets: async (tickets, source) => {
        const total = { created: 0, replaced: 0, unchanged: 0, searchable: 0 };
        for (let start = 0; start < tickets.length; start += maxTicketsAtOnce) {
          const put = await putTickets(deps, tickets.slice(start, start + maxTicketsAtOnce), { source });
          total.created += put.created;
          total.replaced += put.replaced;
          total.unchanged += put.unchanged;
          total.searchable += put.searchable;
        }
        return total;
      },
      close: async () => {
        await embedder.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Stands where nothing is embedded: an attempt to is a bug, and says so. */
const withoutEmbedder: Embedder = {
  maker: "none",
  embed: async (texts) => {
    if (texts.length > 0) throw new Error("the database was opened without the embedder");
    return [];
  },
  close: async () => {},
};
