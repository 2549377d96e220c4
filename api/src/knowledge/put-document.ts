import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { cleanText } from "@support-it-agent/shared/text/clean-text";
import { detectLanguage } from "@support-it-agent/shared/text/detect-language";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { chunkDocument } from "./chunk-document.ts";
import { bm25, chunkRow } from "./chunk-row.ts";
import { codeMark } from "./code-mark.ts";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { embedInBatches } from "./embed-in-batches.ts";
import { ensureVectorIndex } from "./ensure-vector-index.ts";
import { parseDocument } from "./parse-document.ts";
import type { ParsedDocument, Section } from "./parsed-document.ts";
import { publishedText } from "./published-text.ts";

export type KnowledgeDeps = { readonly database: Database; readonly embedder: Embedder };

export type DocumentInput = {
  readonly bytes: Uint8Array;
  /** Of the bytes; parameters such as a charset are heeded. */
  readonly mediaType: string;
  /** What the caller says goes before what the document says of itself. */
  readonly externalId?: string | undefined;
  readonly title?: string | undefined;
  readonly language?: string | undefined;
  readonly queue?: string | undefined;
  readonly url?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
};

export type PutDocumentResult = {
  readonly id: string;
  readonly externalId: string;
  readonly title: string;
  readonly language: string;
  readonly chunkCount: number;
  readonly outcome: "created" | "replaced" | "unchanged";
};

/** Counts up when the same bytes would give other chunks: what was ingested before is then ingested again. 2: the mark of nested lists. 3: the mark of code, links, joined lines. */
const ingestVersion = 3;

/** Of the digest that names a document without an id. It stays, so that a newer version finds what an older one stored. */
const namingVersion = 1;

/**
 * Puts a document into the knowledge base, in place of the one with the same external id (the caller's, else the `id` of
 * its front matter, else its digest). Its chunks are searchable when the call returns. An unchanged document is not
 * embedded again. Throws DocumentError, DatabaseUnavailableError, or whatever the embedder throws.
 */
export async function putDocument(
  { database, embedder }: KnowledgeDeps,
  input: DocumentInput,
  options: { signal?: AbortSignal } = {},
): Promise<PutDocumentResult> {
  const parsed = await parseDocument(input.bytes, input.mediaType);
  const contentHash = await digest(input, ingestVersion);
  const ownId = input.externalId || cleanText(parsed.id ?? "");
  const document = describe(parsed, input, {
    contentHash,
    externalId: ownId || (await digest(input, namingVersion)),
  });
  const stored = await findUnchanged(database, document.external_id, contentHash, embedder.maker);
  if (stored) return { ...named(document), ...stored, outcome: "unchanged" };

  const chunks = chunksOf(document, parsed);
  const texts = chunks.map(({ title, heading, content }) =>
    [title, heading, content].filter(Boolean).join("\n"),
  );
  const vectors = await embedInBatches(embedder, texts, options);
  const rows = chunks.map((chunk, index) =>
    chunkRow(chunk, vectors[index] ?? missingVector(), embedder.maker),
  );
  const [written] = await database.rows(
    sql`select document_id, created from put_document(${JSON.stringify(document)}::jsonb, ${JSON.stringify(rows)}::jsonb,
      ${bm25.k1}, ${bm25.b}, ${bm25.pivot})`,
    { deadlineMs: writeDeadlineMs },
  );
  const { document_id, created } = writtenSchema.parse(written);
  await ensureVectorIndex(database, "article");
  return {
    ...named(document),
    id: document_id,
    chunkCount: rows.length,
    outcome: created ? "created" : "replaced",
  };
}

const writeDeadlineMs = 60_000;

const writtenSchema = z.object({ document_id: z.string(), created: z.boolean() });

/** The row of the document: what the caller says, else what the document says of itself, else a guess. */
function describe(
  parsed: ParsedDocument,
  input: DocumentInput,
  { contentHash, externalId }: { contentHash: string; externalId: string },
) {
  const content = parsed.sections.map(sectionText).join("\n\n");
  const firstLine = parsed.sections[0]?.text.split("\n")[0]?.replace(codeMark, "") ?? "";
  const title = publishedText(input.title || parsed.title || firstLine).slice(0, documentLimits.titleLength);
  const keywords = (input.keywords ?? parsed.keywords)
    .slice(0, documentLimits.keywords)
    .map((keyword) => publishedText(keyword).slice(0, documentLimits.keywordLength));
  return {
    id: crypto.randomUUID(),
    external_id: externalId,
    title,
    url: httpUrl(input.url) ?? httpUrl(parsed.url),
    language:
      input.language ||
      cleanText(parsed.language ?? "") ||
      detectLanguage(`${title}\n${content.slice(0, 5_000)}`),
    queue: input.queue || cleanText(parsed.queue ?? "") || null,
    media_type: input.mediaType.split(";")[0]?.trim().toLowerCase() ?? input.mediaType,
    content: publishedText(content),
    content_hash: contentHash,
    metadata: { keywords },
  };
}

const sectionText = ({ heading, text }: Section) => (heading ? `${heading}\n\n${text}` : text);

/** A link goes out to people who click it: nothing but http and https, and every character in it escaped as a URL needs. */
function httpUrl(url: string | null | undefined): string | null {
  const parsed = url && URL.canParse(url) ? new URL(url) : null;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null;
}

type DocumentRow = ReturnType<typeof describe>;

const named = ({ external_id, title, language }: DocumentRow) => ({
  externalId: external_id,
  title,
  language,
});

function chunksOf(document: DocumentRow, parsed: ParsedDocument) {
  const sections = parsed.sections.map(({ heading, text }) => ({
    heading: heading && publishedText(heading),
    text: publishedText(text),
  }));
  const chunks = chunkDocument(sections, document.language);
  if (chunks.length > documentLimits.chunks) {
    throw new DocumentError(
      "document_too_large",
      `The document makes ${chunks.length} chunks, and at most ${documentLimits.chunks} are stored. Split it into articles.`,
    );
  }
  const keywords = document.metadata.keywords.join("\n");
  return chunks.map(({ heading, content }, ordinal) => ({
    kind: "article" as const,
    ordinal,
    title: document.title,
    heading,
    url: document.url,
    content,
    language: document.language,
    searchedOnly: keywords,
  }));
}

/** SHA-256, in hex, of the bytes and of everything else that decides what is stored, by this version of ingesting. */
async function digest({ bytes, ...described }: DocumentInput, version: number): Promise<string> {
  const rest = new TextEncoder().encode(JSON.stringify({ ingestVersion: version, ...described }));
  const all = new Uint8Array(bytes.byteLength + rest.byteLength);
  all.set(bytes);
  all.set(rest, bytes.byteLength);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function findUnchanged(database: Database, externalId: string, contentHash: string, embedder: string) {
  const [row] = await database.rows(
    sql`select d.id, count(c.id)::int as chunk_count from documents d join rag_docs c on c.document_id = d.id
      where d.external_id = ${externalId} and d.content_hash = ${contentHash}
      group by d.id having bool_and(c.embedder = ${embedder})`,
    { isRead: true },
  );
  if (!row) return null;
  const { id, chunk_count } = z.object({ id: z.string(), chunk_count: z.number() }).parse(row);
  return { id, chunkCount: chunk_count };
}

function missingVector(): never {
  throw new Error("the embedder gave fewer vectors than texts");
}
