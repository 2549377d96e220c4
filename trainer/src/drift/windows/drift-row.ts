/** One logged prediction, as far as the drift monitor reads it. Plain values, so that a log of any kind can be turned into it. */
export type DriftRow = {
  readonly id: string;
  /** When it was asked, milliseconds since 1970 (UTC). */
  readonly at: number;
  /** Prepared (redacted) text. */
  readonly text: string;
  readonly language: string;
  /** Who asked, where the log knows; null: unknown. */
  readonly caller: string | null;
  /** The numeric features by position (DriftSchema.numericNames); NaN is a missing one. */
  readonly numeric: ArrayLike<number>;
  /** Unit vector; null where there is none. */
  readonly embedding: Float32Array | null;
  readonly queue: string;
  readonly urgency: string;
  /** Calibrated probability of each label, by position in the schema. */
  readonly queueProbabilities: readonly number[];
  readonly urgencyProbabilities: readonly number[];
};

/** Names of what a row holds by position. */
export type DriftSchema = {
  readonly numericNames: readonly string[];
  readonly queues: readonly string[];
  readonly urgencies: readonly string[];
};
