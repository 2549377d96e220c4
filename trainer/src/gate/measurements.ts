import type { Latency } from "../stages/evaluate/measure-latency.ts";
import type { Agreement } from "./measure-agreement.ts";
import type { GoldenOutcome } from "./measure-golden.ts";
import type { MeasuredRow } from "./measured-row.ts";
import type { TreeKind } from "./read-tree-kinds.ts";

/** A measurement, or why there is none: a sentence with the next step. */
export type Measured<T> = { readonly value: T } | { readonly problem: string };

/** What the judge must know of a bundle. */
export type BundleFacts = {
  readonly version: string;
  readonly hash: string;
  readonly queues: readonly string[];
  readonly featureHash: string;
  readonly embedder: string;
  /** The first row of which the model says what is no number. */
  readonly rowWithoutNumber: string | null;
};

/** Everything that is measured of a candidate, and nothing that is judged. */
export type Measurements = {
  readonly candidate: BundleFacts;
  readonly secondSeed: Measured<BundleFacts>;
  /** Null where no model serves yet. */
  readonly serving: BundleFacts | null;
  /** Rows of the frozen holdout, and newer ones than the serving model was trained on; corrections are in neither. */
  readonly holdout: readonly MeasuredRow[];
  readonly recent: readonly MeasuredRow[];
  readonly recentCounts: {
    readonly tickets: number;
    readonly blind: number;
    /** Blind rows are of this time or later; null where no bound is known. */
    readonly blindFrom: string | null;
  };
  readonly feedbackLeftOut: number;
  readonly baseline: Measured<true>;
  readonly agreement: Measured<Agreement>;
  readonly trees: Measured<readonly TreeKind[]>;
  readonly golden: Measured<GoldenOutcome>;
  readonly latency: Measured<Latency>;
};
