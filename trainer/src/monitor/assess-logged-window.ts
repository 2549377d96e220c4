import type { Database } from "@support-it-agent/shared/database/database";
import { type Assessment, assessWindow } from "../drift/assess-window.ts";
import type { DriftState } from "../drift/drift-state.ts";
import type { DriftWindow } from "../drift/windows/cut-windows.ts";
import type { Reference } from "./build-reference.ts";
import { readAudits } from "./read-audits.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { LogSource } from "./read-logged-rows.ts";

/** Assesses a window of logged rows, with the audits that became ripe since the last one. Throws DatabaseUnavailableError. */
export async function assessLoggedWindow(options: {
  readonly database: Database;
  readonly source: LogSource;
  readonly window: DriftWindow;
  readonly reference: Reference;
  readonly state: DriftState;
  readonly params: MonitorParams;
  /** Where the last window of this model ended; null: none did, and every audit up to now counts. */
  readonly auditsSince: number | null;
  /** When a training would begin, where that is not the window's end. */
  readonly now?: number;
}): Promise<{ assessment: Assessment; state: DriftState }> {
  const { database, source, window, reference, state, params, auditsSince, now } = options;
  const range = { after: auditsSince, until: window.end, lagDays: params.labels.lagDays };
  const audited = await readAudits(database, source, range);
  const audits = { audited, reference: reference.errors };
  return assessWindow({
    window,
    chart: reference.chart,
    state,
    audits,
    ...(now === undefined ? {} : { now }),
  });
}
