// Measures retrieval against known answers: node scripts/evaluate-retrieval.ts [--set "gnome-help fr"] [--half even|odd]
// EVAL_DATA_DIR: folder of the evaluation data; without it there is nothing to measure, and that is no failure.
// MODEL_DIR: the weights (.cache/models by default). Starts a PostgreSQL of its own. Prints Markdown to stdout.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { openNodePostgres } from "@support-it-agent/shared/node/database/open-node-postgres";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import "@support-it-agent/shared/node/without-telemetry";
import { sql } from "drizzle-orm";
import { DocumentError } from "../api/src/knowledge/document-error.ts";
import { ensureVectorIndex } from "../api/src/knowledge/ensure-vector-index.ts";
import { putDocument } from "../api/src/knowledge/put-document.ts";
import { createRetrieve } from "../api/src/retrieval/create-retrieve.ts";
import { efSearch } from "../api/src/retrieval/rank-passages.ts";
import { vectorLiteral } from "../api/src/retrieval/vector-literal.ts";
import { createTestDatabase } from "../test/database/create-test-database.ts";
import { createStoredEmbedder } from "./benchmark/create-stored-embedder.ts";
import { fuseReciprocalRanks } from "./evaluation/fuse-reciprocal-ranks.ts";
import { rankByBm25 } from "./evaluation/rank-by-bm25.ts";
import { type RetrievalSet, readRetrievalSet, retrievalSetNames } from "./evaluation/read-retrieval-set.ts";
import { scoreRankings } from "./evaluation/score-rankings.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values, refuse } = parseCommand({
  usage: `Usage: ./scripts/evaluate [--set NAME]... [--half even|odd]    retrieval, then the starter bundle on its holdout and test set
       ./scripts/evaluate --tickets [options]                 the classifier on public tickets (./scripts/evaluate --tickets --help)

--set takes ${retrievalSetNames.map((name) => `"${name}"`).join(", ")}; --half takes every other question. EVAL_DATA_DIR holds the sets.`,
  options: { set: { type: "string", multiple: true }, half: { type: "string" } },
});
if (values.half !== undefined && !["even", "odd"].includes(values.half)) refuse("--half takes even or odd.");
for (const name of values.set ?? []) {
  if (!retrievalSetNames.includes(name)) refuse(`There is no set "${name}".`);
}

/** How many documents of each arm go into a fusion by rank. */
const fusedDepth = 100;

type Rankings = Record<string, readonly string[]>;

const dataDir = process.env.EVAL_DATA_DIR;
if (dataDir) await evaluate(dataDir);
else console.error("EVAL_DATA_DIR is not set: retrieval is not evaluated.");

async function evaluate(folder: string): Promise<void> {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  const modelDir = process.env.MODEL_DIR || path("../.cache/models");
  const store = path("../.cache/evaluation");
  await mkdir(store, { recursive: true });
  const embedder = await createStoredEmbedder(
    await createWorkerEmbedder({ modelDir }),
    `${store}/embeddings.bin`,
  );
  for (const [index, name] of (values.set ?? retrievalSetNames).entries()) {
    const set = await readRetrievalSet(folder, name);
    const half = values.half;
    const queries = half ? set.queries.filter((_, at) => at % 2 === (half === "even" ? 0 : 1)) : set.queries;
    const { rows, note } = await evaluateSet({ ...set, queries }, embedder);
    if (index === 0) console.log(`${header(rows)}`);
    for (const row of rows) console.log(`| ${row.join(" | ")} |`);
    console.error(`  ${name}: ${note}`);
  }
  await embedder.close();
}

function header(rows: readonly (readonly string[])[]): string {
  const columns = ["set", "system", "queries", "nDCG@10", "recall@5"].slice(0, rows[0]?.length);
  return `| ${columns.join(" | ")} |\n|${columns.map((_, at) => (at < 2 ? "---|" : "--:|")).join("")}`;
}

/** Ingests a set into a database of its own through the product's code, and ranks its queries by every system. */
async function evaluateSet(set: RetrievalSet, embedder: Embedder) {
  const url = await createTestDatabase();
  const database = openNodePostgres({ url });
  console.error(`${set.name}: ${set.documents.length} documents, ${set.queries.length} queries`);
  const idOf = await ingest(database, embedder, set);
  const vectors = await embedder.embed(set.queries.map(({ text }) => text));
  const asked = set.queries.map((query, index) => ({
    ...query,
    vector: vectors[index] ?? new Float32Array(),
  }));
  const bm25 = rankByBm25(set.documents);

  // A set of more than 5,000 chunks has got its index while it was ingested.
  await database.rows(sql`drop index if exists rag_docs_embedding_article`);
  const exact: { rankings: Rankings; chunks: string[] }[] = [];
  for (const { text, vector } of asked) {
    const words = await search(database, set, idOf, text, Promise.reject(new Error("text arm alone")));
    const nearest = await nearestDocuments(database, idOf, vector);
    const rankings = {
      "BM25, whole documents": bm25(text, 10),
      "vectors alone": nearest.documents,
      "text arm alone": words,
      "reciprocal ranks, k 60": fuseReciprocalRanks([words, nearest.documents]),
      "hybrid, exact": await search(database, set, idOf, text, Promise.resolve(vector)),
    };
    exact.push({ rankings, chunks: nearest.chunks });
  }
  const indexed = await openThroughIndex(database, url);
  let agreeing = 0;
  for (const [index, { text, vector }] of asked.entries()) {
    const { rankings = {}, chunks = [] } = exact[index] ?? {};
    const found = new Set((await nearestDocuments(indexed, idOf, vector)).chunks.slice(0, 5));
    agreeing += chunks.slice(0, 5).filter((id) => found.has(id)).length;
    Object.assign(rankings, {
      "hybrid, through the index": await search(indexed, set, idOf, text, Promise.resolve(vector)),
    });
  }
  await Promise.all([database.close(), indexed.close()]);
  const rows = Object.keys(exact[0]?.rankings ?? {}).map((system) => {
    const judged = asked.map(({ documentId }, index) => ({
      ranking: exact[index]?.rankings[system] ?? [],
      right: documentId,
    }));
    const { ndcgAt10, recallAt5 } = scoreRankings(judged);
    return [set.name, system, String(asked.length), ndcgAt10.toFixed(3), recallAt5.toFixed(3)];
  });
  const share = agreeing / (5 * asked.length);
  return { rows, note: `the index finds ${share.toFixed(4)} of the 5 nearest chunks` };
}

/** A second way in, for which sorting is out of the question: the planner takes the vector index however small the set is. */
async function openThroughIndex(database: Database, url: string): Promise<Database> {
  await ensureVectorIndex(database, "article", 0);
  const name = new URL(url).pathname.slice(1);
  await database.rows(sql.raw(`alter database ${name} set enable_sort = off`));
  return openNodePostgres({ url });
}

/** Returns the way from a stored document's id to the set's id. */
async function ingest(
  database: Database,
  embedder: Embedder,
  set: RetrievalSet,
): Promise<Map<string, string>> {
  const idOf = new Map<string, string>();
  for (const { id, title, text } of set.documents) {
    const bytes = new TextEncoder().encode(text);
    const { mediaType, documentLanguage: language } = set;
    const input = { bytes, mediaType, language, externalId: id, title: title ?? undefined };
    const stored = await putDocument({ database, embedder }, input).catch((error: unknown) => {
      if (error instanceof DocumentError && error.code === "empty_document") return null;
      throw error;
    });
    if (stored) idOf.set(stored.id, id);
  }
  await database.rows(sql`vacuum analyze`, { deadlineMs: 120_000 });
  return idOf;
}

async function search(
  database: Database,
  set: RetrievalSet,
  idOf: Map<string, string>,
  text: string,
  embedding: Promise<Float32Array>,
): Promise<string[]> {
  const kinds = ["article"] as const;
  const request = { text, language: set.queryLanguage, embedding, topK: fusedDepth, kinds };
  return (await createRetrieve(database)(request)).map(({ sourceId }) => idOf.get(sourceId) ?? "");
}

/** The nearest chunks, and their documents in the same order. */
async function nearestDocuments(database: Database, idOf: Map<string, string>, vector: Float32Array) {
  const rows = await database.rows(
    sql`with settings as materialized (select set_config('hnsw.ef_search', ${String(efSearch)}, true) as ef_search)
      select id::text as chunk, document_id::text as document from rag_docs
      where kind = 'article' and (select ef_search from settings) is not null
      order by embedding <=> ${vectorLiteral(vector)}::vector limit ${fusedDepth}`,
  );
  const documents = [...new Set(rows.map(({ document }) => idOf.get(String(document)) ?? ""))];
  return { chunks: rows.map(({ chunk }) => String(chunk)), documents };
}
