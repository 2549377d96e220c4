/** A stored piece of an article or of a solved ticket, as found for one question. */
export type Passage = {
  readonly chunkId: string;
  readonly kind: "article" | "ticket";
  /** The document's or the ticket's own id. */
  readonly sourceId: string;
  /** The queue that the article belongs to, or that solved the ticket; null where nobody said. */
  readonly queue: string | null;
  readonly title: string;
  readonly url: string | null;
  /** Heading path inside the article; null for tickets. */
  readonly heading: string | null;
  /** Prepared text of the chunk (for a ticket: its resolution). Placeholders in it carry no number: [EMAIL]. */
  readonly content: string;
  readonly language: string;
  /** Cosine of question and chunk, -1..1; null where there is no vector of the question. */
  readonly cosine: number | null;
  /** Share (0..1) of the question's inverse-document-frequency mass that the chunk's terms cover; null where the question holds nothing but stop words. */
  readonly coverage: number | null;
  /** Weighted mean of the cosine and of BM25 as a share of what the question could score; decides the order. */
  readonly fused: number;
};

export type RetrievalRequest = {
  /** Prepared question (cleaned, redacted). */
  readonly text: string;
  readonly language: string;
  /** The question's vector: a promise, so that the text arm runs while the embedding does. */
  readonly embedding: Promise<Float32Array>;
  /** Resolves when the network begins with it, so that questions that share a run share the text arm's statement as well. */
  readonly embeddingStart?: Promise<void>;
  readonly topK: number;
  readonly kinds: readonly ("article" | "ticket")[];
  readonly signal?: AbortSignal;
};

/**
 * Finds the best passages, at most topK, best first and one for each source. Throws DatabaseUnavailableError where the
 * database is away. When the embedding rejects, the text arm answers alone.
 */
export type Retrieve = (request: RetrievalRequest) => Promise<Passage[]>;

/** The same passages in the same order, articles with the text around the found chunk. */
export type ReadAround = <Found extends Passage>(passages: readonly Found[]) => Promise<readonly Found[]>;
