/** A stored piece of an article or of a solved ticket, as found for one question. */
export type Passage = {
  readonly chunkId: string;
  readonly kind: "article" | "ticket";
  /** The document's or the ticket's own id. */
  readonly sourceId: string;
  readonly title: string;
  readonly url: string | null;
  /** Heading path inside the article; null for tickets. */
  readonly heading: string | null;
  /** Prepared text of the chunk (for a ticket: its resolution). */
  readonly content: string;
  readonly language: string;
  /** Cosine of question and chunk, -1..1; null where the vector arm did not score it. */
  readonly cosine: number | null;
  /** Share (0..1) of the question's inverse-document-frequency mass that the chunk's terms cover; null where unscored. */
  readonly coverage: number | null;
  /** Reciprocal-rank-fusion score; comparable inside one answer only. */
  readonly fused: number;
};

export type RetrievalRequest = {
  /** Prepared question (cleaned, redacted). */
  readonly text: string;
  readonly language: string;
  /** The question's vector: a promise, so that the text arm runs while the embedding does. */
  readonly embedding: Promise<Float32Array>;
  readonly topK: number;
  readonly kinds: readonly ("article" | "ticket")[];
  readonly signal?: AbortSignal;
};

/** Finds the best passages, best first. Throws DatabaseUnavailableError where the database is away. */
export type Retrieve = (request: RetrievalRequest) => Promise<Passage[]>;
