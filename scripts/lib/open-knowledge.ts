import type { Config } from "../../api/src/config.ts";
import { deleteDocument } from "../../api/src/knowledge/delete-document.ts";
import { listDocuments } from "../../api/src/knowledge/list-documents.ts";
import { type DocumentInput, putDocument } from "../../api/src/knowledge/put-document.ts";
import { maxTicketsAtOnce, type PutTicketsResult, putTickets } from "../../api/src/knowledge/put-tickets.ts";
import { StatementError } from "../../shared/src/database/statement-error.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import "../../shared/src/node/without-telemetry.ts";
import type { Ticket } from "../../shared/src/ticket.ts";
import { createHttpKnowledge } from "./create-http-knowledge.ts";
import { DocumentRefusal } from "./document-refusal.ts";
import { openForCommand } from "./open-for-command.ts";

export type PutOutcome = "created" | "replaced" | "unchanged";

export type NamedDocument = { readonly id: string; readonly externalId: string };

/** The knowledge base as a command writes it: straight into the database, or through the server that holds it open. */
export type KnowledgeWriter = {
  /** Where the writes go, for people. */
  readonly target: string;
  /** Throws DocumentError or DocumentRefusal for what concerns this document alone. */
  putDocument(input: DocumentInput & { externalId: string }): Promise<PutOutcome>;
  /** The page after `cursor`, the first one without it; `nextCursor` is null on the last. */
  listDocuments(
    cursor?: string,
  ): Promise<{ readonly documents: readonly NamedDocument[]; readonly nextCursor: string | null }>;
  /** Nothing happens where it is gone already. */
  deleteDocument(id: string): Promise<void>;
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
  return openForCommand<KnowledgeWriter>(
    config,
    async ({ database, target }) => {
      const embedder = embeds
        ? await createWorkerEmbedder({ modelDir, workers: config.embedderWorkers })
        : withoutEmbedder;
      const deps = { database, embedder };
      return {
        target,
        putDocument: async (input) => (await putDocument(deps, input).catch(refuseForItsValues)).outcome,
        listDocuments: (cursor) => listDocuments(database, { limit: 100, cursor }),
        deleteDocument: async (id) => void (await deleteDocument(database, id)),
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
    },
    (url) => createHttpKnowledge(url, process.env.SUPPORT_IT_AGENT_KEY),
  );
}

/** PostgreSQL names what it does not take of a row: a value (22), a constraint (23), a size (54). */
function refuseForItsValues(error: unknown): never {
  const isOfOne = error instanceof StatementError && /^(22|23|54)/.test(error.sqlState ?? "");
  throw isOfOne ? new DocumentRefusal(`The database refused it: ${error.message}`, { cause: error }) : error;
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
