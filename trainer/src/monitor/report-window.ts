import type { Database } from "@support-it-agent/shared/database/database";
import type { Assessment } from "../drift/assess-window.ts";
import { collapseNearDuplicates } from "../drift/windows/collapse-near-duplicates.ts";
import type { DriftWindow } from "../drift/windows/cut-windows.ts";
import { composeDriftReport } from "../drift-report/compose-drift-report.ts";
import type { DriftReport, HistoryPoint } from "../drift-report/drift-report.ts";
import type { Reference } from "./build-reference.ts";
import { countOtherModels } from "./count-other-models.ts";
import { measureLivePerformance } from "./measure-live-performance.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { LogSource } from "./read-logged-rows.ts";

/** The report of an assessed window: both modes on the same rows, the plots, what labels say. Throws DatabaseUnavailableError. */
export async function reportWindow(options: {
  readonly database: Database;
  readonly source: LogSource;
  readonly window: DriftWindow;
  readonly assessment: Assessment;
  readonly reference: Reference;
  readonly history: readonly HistoryPoint[];
  readonly params: MonitorParams;
  readonly seed: number;
}): Promise<DriftReport> {
  const { database, source, window, reference, params } = options;
  const { modelVersion, schema } = source;
  return composeDriftReport({
    ...options,
    modelVersion,
    schema,
    reference: reference.newest,
    window: collapseNearDuplicates(window.rows, params.nearDuplicates).rows,
    live: await measureLivePerformance(database, modelVersion, window.end, params.labels),
    comparedWith: {
      windows: reference.windows,
      rows: reference.chart.profile.rows.length,
      otherModels: await countOtherModels(database, modelVersion, window),
    },
  });
}
