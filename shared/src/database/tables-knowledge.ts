import { sql } from "drizzle-orm";
import {
  check,
  halfvec,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  sparsevec,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  vector,
} from "drizzle-orm/pg-core";
import { embeddingDimensions } from "../embedder/embedder.ts";
import { bytea, createdAt } from "./column-types.ts";

/** The most dimensions that pgvector's sparsevec takes, so the highest id that a lexeme can have. */
const maxLexemeId = 1_000_000_000;

/** The most that the 27 bits of a posting hold. */
const maxChunkNumber = 134_217_727;

/**
 * Tickets as they came in: training rows, and, where they carry an answer, the source of "similar tickets".
 * Text is redacted before it is stored. `external_id` is the id of the ticket tool; one row for each (source, external_id).
 */
export const tickets = pgTable(
  "tickets",
  {
    id: uuid("id").primaryKey(),
    source: text("source").notNull(),
    externalId: text("external_id").notNull(),
    subject: text("subject").notNull(),
    body: text("body").notNull(),
    answer: text("answer"),
    queue: text("queue"),
    urgency: text("urgency"),
    language: text("language").notNull(),
    /** Near-duplicate group, filled by the snapshot; null until then. */
    groupId: text("group_id"),
    occurredAt: timestamp("occurred_at", { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("tickets_source_external_id").on(table.source, table.externalId),
    index("tickets_queue").on(table.queue),
    check("tickets_urgency", sql`${table.urgency} in ('low', 'medium', 'high')`),
  ],
);

/** The knowledge base: one row for each article, with the text it was ingested from. */
export const documents = pgTable(
  "documents",
  {
    id: uuid("id").primaryKey(),
    /** The caller's own key (a path, a page id): a second ingest under it replaces the first. */
    externalId: text("external_id").notNull(),
    title: text("title").notNull(),
    url: text("url"),
    language: text("language").notNull(),
    queue: text("queue"),
    mediaType: text("media_type").notNull(),
    /** Plain text of the whole article after redaction. */
    content: text("content").notNull(),
    /** SHA-256 of the bytes that were ingested: an unchanged article is not embedded again. */
    contentHash: text("content_hash").notNull(),
    metadata: jsonb("metadata").notNull().default({}),
    createdAt: createdAt(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("documents_external_id").on(table.externalId),
    index("documents_language").on(table.language),
  ],
);

/**
 * Chunks of articles and of solved tickets: what retrieval searches and gives back. Exactly one of document_id and ticket_id is set, and
 * a chunk goes when its source goes.
 */
export const ragDocs = pgTable(
  "rag_docs",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind").notNull(),
    documentId: uuid("document_id").references(() => documents.id, { onDelete: "cascade" }),
    ticketId: uuid("ticket_id").references(() => tickets.id, { onDelete: "cascade" }),
    ordinal: integer("ordinal").notNull(),
    title: text("title").notNull(),
    heading: text("heading"),
    url: text("url"),
    content: text("content").notNull(),
    language: text("language").notNull(),
    /** In half precision: searches go to half as many pages, and a cosine moves by less than .001. */
    embedding: halfvec("embedding", { dimensions: embeddingDimensions }).notNull(),
    /** The maker of the vector; a row of another maker is not searched and shows in /readyz. */
    embedder: text("embedder").notNull(),
    createdAt: createdAt(),
    /** What postings call the chunk: shorter than its id, counted up and never given twice. */
    number: integer("number")
      .generatedAlwaysAsIdentity({ name: "rag_docs_number_seq", maxValue: maxChunkNumber })
      .notNull(),
    /**
     * The weight of each of its lexemes (the term-frequency half of BM25) as a sparse vector over `lexemes.id`. A question is the
     * sparse vector of its inverse document frequencies, and BM25 the inner product of both.
     */
    weights: sparsevec("weights", { dimensions: maxLexemeId }).notNull(),
  },
  (table) => [
    uniqueIndex("rag_docs_number").on(table.number),
    index("rag_docs_document").on(table.documentId),
    index("rag_docs_ticket").on(table.ticketId),
    index("rag_docs_kind").on(table.kind),
    index("rag_docs_embedder").on(table.embedder),
    check("rag_docs_one_source", sql`num_nonnulls(${table.documentId}, ${table.ticketId}) = 1`),
    check("rag_docs_kind_known", sql`${table.kind} in ('article', 'ticket')`),
  ],
);

/**
 * Which chunks hold a lexeme, and at what weight: the inverse of `rag_docs.weights`, in pieces of at most 250 postings of four
 * bytes (search_posting), in the order of the chunks' numbers. Kept by triggers on rag_docs, so that it follows every write.
 */
export const lexemePostings = pgTable(
  "lexeme_postings",
  {
    lexemeId: integer("lexeme_id").notNull(),
    kind: text("kind").notNull(),
    /** The number of the first chunk that the piece was begun with. */
    firstNumber: integer("first_number").notNull(),
    postings: bytea("postings").notNull(),
  },
  (table) => [primaryKey({ columns: [table.lexemeId, table.kind, table.firstNumber] })],
);

/** Vectors by text hash and maker, so that featurize and re-ingest embed a text once. */
export const ticketEmbeddings = pgTable(
  "ticket_embeddings",
  {
    textHash: text("text_hash").notNull(),
    embedder: text("embedder").notNull(),
    embedding: vector("embedding", { dimensions: embeddingDimensions }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.textHash, table.embedder] })],
);

/**
 * Every lexeme that a chunk holds or held: its place in `rag_docs.weights`, and in how many chunks of each kind it
 * occurs. Kept by the statements that write and delete chunks.
 */
export const lexemes = pgTable("lexemes", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  lexeme: text("lexeme").notNull().unique(),
  articleCount: integer("article_count").notNull(),
  ticketCount: integer("ticket_count").notNull(),
});

/** How many chunks there are of each kind and language: what rarity is measured against, and which languages a question is put into. */
export const chunkCounts = pgTable(
  "chunk_counts",
  {
    kind: text("kind").notNull(),
    language: text("language").notNull(),
    chunkCount: integer("chunk_count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.language] })],
);
