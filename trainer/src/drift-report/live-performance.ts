/** Counts of one queue among labelled predictions: precision is hits / predicted, recall hits / labelled. */
export type LiveQueue = {
  readonly queue: string;
  readonly predicted: number;
  readonly labelled: number;
  readonly hits: number;
};

export type LabelledCounts = {
  readonly labels: number;
  readonly right: number;
  /** Every queue that was predicted or labelled, by name. */
  readonly queues: readonly LiveQueue[];
};

/** How the model did on live traffic, by labels. Times are milliseconds since 1970, of the predictions. */
export type LivePerformance = {
  readonly since: number;
  /** Later predictions are younger than the label lag. */
  readonly until: number;
  /** By labels of the blind slice: a fair sample. */
  readonly blind: LabelledCounts;
  /** By corrections: people correct what they see is wrong, so that this looks worse than the model is. */
  readonly feedback: LabelledCounts;
};
