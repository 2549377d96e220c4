import type { LexicalTerms } from "../features/lexical-terms.ts";
import type { Urgency } from "../labels.ts";

/** One label chosen out of a calibrated distribution. */
export type Prediction<Label extends string = string> = {
  readonly label: Label;
  /** Calibrated probability of `label`, 0..1. */
  readonly confidence: number;
  /** Calibrated probability of every label; sums to 1. */
  readonly probabilities: Readonly<Record<Label, number>>;
  /** True where `confidence` is under the label's own threshold in the bundle. */
  readonly abstains: boolean;
};

export type Classification = {
  readonly queue: Prediction;
  /** The urgency to act on: rounded up where the model is unsure (see round-urgency-up.ts). */
  readonly urgency: Prediction<Urgency>;
  /** Calibrated probability that the text is no question for IT (small talk, off topic), 0..1. */
  readonly outOfScope: { readonly probability: number; readonly isOutOfScope: boolean };
};

/** What the classifier reads of one text: made by build-features.ts and by nothing else. */
export type Features = {
  /** Prepared text (cleaned, redacted). */
  readonly text: string;
  readonly language: string;
  /** MiniLM vector, 384, L2-normalised. */
  readonly embedding: Float32Array;
  /** One value for each of numericFeatureNames. */
  readonly numeric: Float32Array;
  /** Hashed lexical terms with their frequencies, and the distinct words. */
  readonly lexical: LexicalTerms;
};

export type Classifier = {
  readonly modelVersion: string;
  readonly queues: readonly string[];
  /** One classification for each row, in order. */
  classify(rows: readonly Features[]): Promise<Classification[]>;
  close(): Promise<void>;
};
