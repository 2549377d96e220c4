/** What one model says of one row. */
export type ModelAnswer = {
  readonly queue: { readonly label: string; readonly confidence: number; readonly abstains: boolean };
  /** `label` is the most probable one, `actedOn` what a requester gets: rounded up where the model is unsure. */
  readonly urgency: { readonly label: string; readonly confidence: number; readonly actedOn: string };
  readonly isOutOfScope: boolean;
};

export const labelKinds = ["queue", "urgency"] as const;

export type LabelKind = (typeof labelKinds)[number];

/** A row that no model was fitted on, with its labels (null where it has none) and every model's answer. */
export type MeasuredRow = {
  readonly id: string;
  /** Near-duplicates have one group: the unit that is drawn. */
  readonly group: string;
  readonly inScope: boolean;
  readonly queue: string | null;
  readonly urgency: string | null;
  readonly candidate: ModelAnswer;
  readonly secondSeed: ModelAnswer | null;
  readonly serving: ModelAnswer | null;
  /** The linear baseline's labels; null where it gave none. */
  readonly baseline: Readonly<Record<LabelKind, string | null>>;
};
