/** Length of every vector: the hidden size of all-MiniLM-L6-v2. */
export const embeddingDimensions = 384;

/** Tokens of one text that are read, [CLS] and [SEP] included; sentence-transformers uses the same limit. */
export const maxTokens = 256;

export type EmbedOptions = {
  readonly signal?: AbortSignal;
  /**
   * True where a text may go through the network together with those of other calls that wait, which takes less time for
   * all of them. The last bits of its vector (1e-6) then depend on its company: nothing for bytes that must come out the same twice.
   */
  readonly isShared?: boolean;
  /** Called when the first of the texts goes into the network: at once, or when those before it are through. */
  readonly onStart?: () => void;
};

/** Turns texts into unit vectors. Adapters: createWasmEmbedder (any runtime), createWorkerEmbedder (Node). */
export type Embedder = {
  /**
   * Names whatever decides the numbers: model, dtype, token limit and digest of the weights, and the
   * runtime only where vectors of that dtype differ between runtimes. Equal makers mean vectors that may
   * be compared; store it beside the vectors.
   */
  readonly maker: string;

  /**
   * One L2-normalised vector of 384 numbers for each text, in the order of the texts. What follows the
   * first 256 tokens is not read; an empty text has a vector too. Rejects with EmbedderBusyError when the
   * queue is full, with the signal's reason when it fires before the work has started.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;

  /** Frees threads and sessions; what still waits is rejected. Safe to call twice. */
  close(): Promise<void>;
};
