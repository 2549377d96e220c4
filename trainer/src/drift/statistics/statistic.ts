/** What a two-sample statistic says. It takes no threshold: whether this is drift is decided elsewhere, and in one place. */
export type Statistic = {
  readonly value: number;
  /** Probability of a value at least as extreme where both samples come from one distribution; null where there is none. */
  readonly pValue: number | null;
  /** Which estimator it is, for the report. */
  readonly estimator: string;
};
