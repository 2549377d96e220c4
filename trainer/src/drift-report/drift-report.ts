import type { Assessment } from "../drift/assess-window.ts";
import type { DatasetDrift } from "../drift/evidently/dataset-drift.ts";
import type { Explanation } from "../drift/explain/explain-drift.ts";
import type { WindowProfile } from "./window-profiles.ts";

/** One window of the past, as much as the history plots need. */
export type HistoryPoint = {
  readonly end: number;
  readonly diagnosis: Assessment["diagnosis"];
  /** Null where the window was not compared. */
  readonly suite: { readonly level: number; readonly limit: number } | null;
  readonly single: { readonly level: number; readonly limit: number } | null;
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
};
