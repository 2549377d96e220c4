import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Database } from "@support-it-agent/shared/database/database";
import { type DriftState, initialDriftState, recordNewModel } from "../drift/drift-state.ts";
import type { DriftReport, HistoryPoint } from "../drift-report/drift-report.ts";
import { renderDriftPage } from "../drift-report/render-drift-page.ts";
import { assessLoggedWindow } from "./assess-logged-window.ts";
import { createReadReference } from "./create-read-reference.ts";
import { findFirstPrediction } from "./find-first-prediction.ts";
import { logSource } from "./log-source.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { HeldOut } from "./read-held-out.ts";
import { readNextWindow } from "./read-next-window.ts";
import { readNewestReport, readPastWindows } from "./read-reports.ts";
import { readTrainingRecord } from "./read-training-record.ts";
import { reportWindow } from "./report-window.ts";
import { reportId, storeReport } from "./store-report.ts";

export type MonitorOptions = {
  readonly database: Database;
  /** The bundle that serves. */
  readonly bundle: Bundle;
  readonly params: MonitorParams;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Called once, and only where there is a complete new window. */
  readonly readHeldOut: () => Promise<HeldOut>;
  /** False: nothing is written, and every complete new window is assessed all the same. */
  readonly stores: boolean;
  /** Where the first window begins that was ever assessed, instead of at the model's first prediction. */
  readonly start?: number | undefined;
  /** Hears of each window once it is stored. */
  readonly onWindow?: ((window: MonitoredWindow) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** One window that this run assessed. */
export type MonitoredWindow = {
  readonly reportId: string;
  readonly report: DriftReport;
  readonly page: string;
  readonly state: DriftState;
};

export type MonitorResult =
  | {
      readonly outcome: "assessed";
      readonly windows: readonly MonitoredWindow[];
      readonly last: MonitoredWindow;
    }
  /** `since` is where the next window begins; null where the model has not predicted anything yet. */
  | { readonly outcome: "no_new_window"; readonly since: number | null };

/**
 * Assesses every complete window of live traffic that nobody has assessed, and stores each as one row, with the state that the next one
 * goes on from: killed at any point, a window is there whole or not at all. Where another model than that of the newest report serves, chart and
 * evidence begin anew with its first prediction since. Throws DatabaseUnavailableError, and what `readHeldOut` throws.
 */
export async function monitorWindows(options: MonitorOptions): Promise<MonitorResult> {
  const { database, bundle, params, now, seed, signal } = options;
  const source = logSource(bundle, params);
  const { modelVersion } = source;
  const readReference = createReadReference({ ...options, source });
  const windows: MonitoredWindow[] = [];
  let past = await readPastWindows(database, bundle.hash);
  let position = await findPosition(options, modelVersion);
  for (;;) {
    signal?.throwIfAborted();
    const { start, history } = position;
    const window = start === null ? null : await readNextWindow(database, source, start, now, params.windows);
    if (window === null) break;
    const reference = await readReference(past);
    const { assessment, state } = await assessLoggedWindow({
      database,
      source,
      window,
      reference,
      params,
      now,
      state: { ...position.state, ...(await readTrainingRecord(database)) },
      auditsSince: past.at(-1)?.end ?? null,
    });
    const report = await reportWindow({
      database,
      source,
      window,
      assessment,
      reference,
      history,
      params,
      seed,
    });
    const id = reportId(bundle.hash, window.start);
    const monitored = { reportId: id, report, page: renderDriftPage(report), state };
    const isStored =
      !options.stores || (await storeReport(database, { id, bundleHash: bundle.hash, ...monitored }));
    if (isStored) {
      windows.push(monitored);
      past = [...past, { start: window.start, end: window.end, diagnosis: assessment.diagnosis }];
      position = { start: window.end, state, history: report.history };
      options.onWindow?.(monitored);
    } else {
      // Another process was faster: its state is the one to go on from.
      past = await readPastWindows(database, bundle.hash);
      position = await findPosition(options, modelVersion);
      if (position.start === window.start)
        throw new Error(`The report ${id} is stored, and is not the newest.`);
    }
  }
  const last = windows.at(-1);
  return last ? { outcome: "assessed", windows, last } : { outcome: "no_new_window", since: position.start };
}

type Position = {
  readonly start: number | null;
  readonly state: DriftState;
  readonly history: readonly HistoryPoint[];
};

/** Where the next window begins, and what the windows before it left. */
async function findPosition(
  { database, bundle, start }: MonitorOptions,
  modelVersion: string,
): Promise<Position> {
  const newest = await readNewestReport(database);
  if (newest === null) {
    const first = start ?? (await findFirstPrediction(database, modelVersion, null));
    return { start: first, state: initialDriftState, history: [] };
  }
  const { state, history } = newest;
  if (newest.bundleHash === bundle.hash) return { start: state.windowEnd, state, history };
  const first = await findFirstPrediction(database, modelVersion, state.windowEnd);
  return { start: first, state: recordNewModel(state), history };
}
