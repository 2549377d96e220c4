/** What is looked at of a model's live work. */
export const figureNames = [
  "override_rate",
  "hand_off_rate",
  "blind_error_rate",
  "estimated_macro_f1",
] as const;

export type FigureName = (typeof figureNames)[number];

/** One figure, of both models. */
export type Figure = {
  readonly name: FigureName;
  readonly old: { readonly value: number; readonly rows: number };
  readonly new: { readonly value: number; readonly rows: number };
  /** By how much the new model is worse; negative where it is better. */
  readonly worsening: number;
  /** Where the real worsening lies, for all looks together; see compare-figure.ts. */
  readonly low: number;
  readonly high: number;
  /** Worse by no more than this is no breach. */
  readonly margin: number;
  /** How much wider days scatter than rows drawn at random would (1: as much). */
  readonly dispersion: number;
  /** breach: worse by more than the margin, for certain; hard_breach: by so much that no further day is needed. */
  readonly finding: "fine" | "breach" | "hard_breach";
};

export type WatchReport = {
  /** watching: too early to say; kept: no worse, for good; breach: worse, to be taken back. */
  readonly verdict: "watching" | "kept" | "breach";
  /** One sentence for a person. */
  readonly reason: string;
  /** Since the new model serves. */
  readonly hours: number;
  /** Predictions of the new model, and those of them that are old enough to have been corrected. */
  readonly predictions: number;
  readonly judged: number;
  /** Those figures that can be compared: each has cases on both sides. */
  readonly figures: readonly Figure[];
  /** The worst figure that is in breach. */
  readonly breach: FigureName | null;
};
