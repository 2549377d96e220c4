/** A prediction that somebody labelled without seeing it, and that is older than the label lag. */
export type AuditedPrediction = {
  /** When the audit became ripe, milliseconds since 1970: it belongs to the window in which that falls. */
  readonly at: number;
  /** The queue that was predicted, and the one that the label names, which the model need not have. */
  readonly queue: string;
  readonly label: string;
  readonly isWrong: boolean;
  /** Calibrated probability of each queue, by position in the schema; empty where it is not known. */
  readonly queueProbabilities: readonly number[];
};
