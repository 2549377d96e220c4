import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import type { BaselineComparison } from "./compare-with-baseline.ts";
import type { Outcome } from "./label-outcomes.ts";
import type { Latency } from "./measure-latency.ts";
import type { measureQuestions } from "./measure-questions.ts";
import type { Measures } from "./measure-texts.ts";

/** What stands in metrics.json, rounded: the same bundle and rows give the same bytes, so no times and no machine. */
export type Metrics = {
  readonly bundle: { readonly version: string; readonly hash: string; readonly dataMd5: string };
  readonly pythonAgainstOnnx: { readonly rows: number; readonly withinTolerance: 1 };
  readonly holdout: Measures | null;
  /** The newest labelled rows by time; null where rows have no time. */
  readonly recent: Measures | null;
  /** Tickets of another hand, and short questions: null where the data set has none. */
  readonly testSet: Measures | null;
  readonly everydayQuestions: ReturnType<typeof measureQuestions> | null;
  /** The same training from another seed, on the holdout: how much is luck. */
  readonly secondSeed: SecondSeed | null;
  /** A linear model on the same holdout: what the bundle must be better than. Null where none was given. */
  readonly baseline: Readonly<Record<"queue" | "urgency", BaselineComparison | null>> | null;
};

export type SecondSeed = Readonly<
  Record<"queue" | "urgency", { readonly accuracy: number; readonly macroF1: number } | null>
>;

/** Everything that evaluate found out, for the table, the plots and the page. */
export type Evaluation = {
  readonly dataSet: string;
  readonly manifest: Manifest;
  readonly metrics: Metrics;
  /** Of the holdout, from the least confident to the most. */
  readonly outcomes: Readonly<Record<"queue" | "urgency", readonly Outcome[]>>;
  /** Largest difference between Python's and ONNX's probabilities. */
  readonly largestDifference: number;
  readonly latency: Latency | null;
  readonly previous: PreviousMetrics | null;
};

/** The headline figures of the bundle that this one would replace. */
export type PreviousMetrics = {
  readonly version: string;
  readonly holdout: Readonly<
    Record<"queue" | "urgency", { rows: number; accuracy: number; macroF1: number; ece: number } | null>
  >;
};
