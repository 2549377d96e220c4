import type { Assessment } from "../drift/assess-window.ts";
import type { DatasetDrift } from "../drift/evidently/dataset-drift.ts";
import type { Explanation } from "../drift/explain/explain-drift.ts";
import type { LivePerformance } from "./live-performance.ts";
import type { WindowProfile } from "./window-profiles.ts";

/** One window of the past, as much as the history plots need. */
export type HistoryPoint = {
  readonly end: number;
  readonly diagnosis: Assessment["diagnosis"];
  /** The model that had predicted; another one has a chart of its own. */
  readonly modelVersion: string;
  /** Null where the window was not compared. */
  readonly suite: { readonly level: number; readonly limit: number } | null;
  readonly single: { readonly level: number; readonly limit: number } | null;
  readonly shares: { readonly level: number; readonly limit: number } | null;
  /** Share of each predicted queue, by name. */
  readonly queues: Readonly<Record<string, number>>;
};

/** Everything that a drift report shows: what `trainer drift` stores in drift_reports, as plain JSON. */
export type DriftReport = {
  readonly modelVersion: string;
  readonly assessment: Assessment;
  /** The same window by Evidently's defaults, beside it; it decides nothing. */
  readonly evidently: DatasetDrift;
  /** Null where there was no alarm. */
  readonly explanation: Explanation | null;
  readonly profiles: readonly WindowProfile[];
  /** In order of time, this window last. */
  readonly history: readonly HistoryPoint[];
  /** How the model did by labels; null where nobody asked. */
  readonly live: LivePerformance | null;
  /** What the window was compared with; null where nobody said. */
  readonly comparedWith: ComparedWith | null;
};

export type ComparedWith = {
  /** Windows of the model's own live history; 0: labelled rows that were held out. */
  readonly windows: number;
  readonly rows: number;
  /** Predictions of other models in this span of time, which were left out. */
  readonly otherModels: number;
};
