import type { Assessment } from "../drift/assess-window.ts";
import { datasetDrift } from "../drift/evidently/dataset-drift.ts";
import { windowColumns } from "../drift/evidently/window-columns.ts";
import { explainDrift } from "../drift/explain/explain-drift.ts";
import type { DriftRow, DriftSchema } from "../drift/windows/drift-row.ts";
import type { ComparedWith, DriftReport, HistoryPoint } from "./drift-report.ts";
import type { LivePerformance } from "./live-performance.ts";
import { windowProfiles } from "./window-profiles.ts";

/** Windows of the history that a report keeps. */
const plottedWindows = 60;

/**
 * Puts a report together: the assessment, Evidently's defaults on the same rows, the plots, and, after an alarm alone, what moved.
 * `reference` are the rows that Evidently's mode compares with (the newest of the reference), `history` earlier windows in order of time.
 */
export function composeDriftReport(input: {
  readonly modelVersion: string;
  readonly schema: DriftSchema;
  readonly assessment: Assessment;
  readonly reference: readonly DriftRow[];
  readonly window: readonly DriftRow[];
  readonly history: readonly HistoryPoint[];
  readonly seed: number;
  readonly live?: LivePerformance;
  readonly comparedWith?: ComparedWith;
}): DriftReport {
  const { modelVersion, schema, assessment, reference, window, history, seed } = input;
  const [before, now] = [windowColumns(reference, schema), windowColumns(window, schema)];
  return {
    modelVersion,
    assessment,
    evidently: datasetDrift(before, now),
    explanation: assessment.training.wanted ? explainDrift(reference, window, seed) : null,
    profiles: windowProfiles(before, now),
    history: [...history, historyPoint(assessment, window, modelVersion)].slice(-plottedWindows),
    live: input.live ?? null,
    comparedWith: input.comparedWith ?? null,
  };
}

/** What later reports plot of a window. */
export function historyPoint(
  assessment: Assessment,
  rows: readonly DriftRow[],
  modelVersion: string,
): HistoryPoint {
  const queues: Record<string, number> = {};
  for (const { queue } of rows) queues[queue] = (queues[queue] ?? 0) + 1 / rows.length;
  const { chart, diagnosis, window } = assessment;
  const reading = ({ level, limit }: { level: number; limit: number }) => ({ level, limit });
  return {
    end: window.end,
    diagnosis,
    modelVersion,
    suite: chart && reading(chart.suite),
    single: chart && reading(chart.single),
    shares: chart && reading(chart.shares),
    queues,
  };
}
