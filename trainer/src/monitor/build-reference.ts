import type { Database } from "@support-it-agent/shared/database/database";
import { type Chart, createChart } from "../drift/chart/create-chart.ts";
import { featureWeights } from "../drift/chart/feature-weights.ts";
import { addAuditedErrors, type ErrorReference } from "../drift/performance/add-audited-errors.ts";
import { buildProfile } from "../drift/reference/build-profile.ts";
import { seededRandom } from "../drift/seeded-random.ts";
import type { AuditedPrediction } from "../drift/windows/audited-prediction.ts";
import { collapseNearDuplicates } from "../drift/windows/collapse-near-duplicates.ts";
import type { DriftRow } from "../drift/windows/drift-row.ts";
import type { PastWindow } from "./past-window.ts";
import { readAudits } from "./read-audits.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { HeldOut } from "./read-held-out.ts";
import { type LogSource, readLoggedRows } from "./read-logged-rows.ts";

/** What windows are compared with. */
export type Reference = {
  readonly chart: Chart;
  /** The newest of its rows: what Evidently's mode and the explanation compare with. */
  readonly newest: readonly DriftRow[];
  /** Windows of live history that it is made of; 0: held-out rows. */
  readonly windows: number;
  /** What the model got wrong of the rows that it was accepted with, and of the audits of that history. */
  readonly errors: ErrorReference;
};

/** Up to here Evidently's defaults test instead of measuring distances. */
const newestRows = 1_000;

/**
 * Learns what is usual: from windows of live history, with the audits that became ripe in them, where there are some, else from the rows that were held
 * out. Reads the windows one after the other. At most `mostChunks` windows are kept, some 3 KB a row. Throws DatabaseUnavailableError.
 */
export async function buildReference(options: {
  readonly database: Database;
  readonly source: LogSource;
  readonly history: readonly PastWindow[];
  readonly heldOut: HeldOut;
  readonly params: MonitorParams;
  readonly seed: number;
}): Promise<Reference> {
  const { database, source, history, heldOut, params, seed } = options;
  const { schema } = source;
  const isHistory = history.length > 0;
  const rows: DriftRow[] = isHistory ? [] : [...heldOut.rows];
  const audited: AuditedPrediction[] = [];
  for (const { start: from, end: until } of history) {
    const window = await readLoggedRows(database, source, { from, until });
    for (const row of collapseNearDuplicates(window, params.nearDuplicates).rows) rows.push(row);
    const range = { after: from, until, lagDays: params.labels.lagDays };
    for (const audit of await readAudits(database, source, range)) audited.push(audit);
  }
  const learnt = { schema, ...params.reference, isHistory, audited };
  const profile = buildProfile(rows, learnt, seededRandom(seed));
  const weights = featureWeights(schema, heldOut.importance, params.weights);
  return {
    chart: createChart(profile, weights, params, seed),
    newest: rows.slice(-newestRows),
    windows: history.length,
    errors: addAuditedErrors(heldOut.errors, audited),
  };
}
