import { searchWords } from "../retrieval/search-words.ts";
import { vectorLiteral } from "../retrieval/vector-literal.ts";

export type ChunkSource = {
  readonly kind: "article" | "ticket";
  readonly ordinal: number;
  readonly title: string;
  readonly heading: string | null;
  readonly url: string | null;
  readonly content: string;
  readonly language: string;
  /** Words that are searched and not shown: keywords of an article, the problem of a solved ticket. */
  readonly searchedOnly: string;
};

/** What a word counts for by where it stands, in occurrences in the running text. */
const fieldWeights = { title: 3, heading: 2, searchedOnly: 1, content: 1 };

/** BM25's parameters for `weights` in rag_docs; docs/retrieval.md has the measurements. */
export const bm25 = { k1: 1.2, b: 0.75, pivot: 50 };

/** A chunk as write_chunks takes it; which document or ticket it is of, the database adds. */
export function chunkRow(source: ChunkSource, embedding: Float32Array, embedder: string) {
  const { searchedOnly, ...shown } = source;
  const fields = {
    title: source.title,
    heading: source.heading ?? "",
    searchedOnly,
    content: source.content,
  };
  return {
    ...shown,
    id: crypto.randomUUID(),
    embedding: vectorLiteral(embedding),
    embedder,
    terms: Object.entries(fields).map(([field, text]) => ({
      weight: fieldWeights[field as keyof typeof fields],
      words: searchWords(text).join(" "),
    })),
  };
}
