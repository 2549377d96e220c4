import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { readNewestReport } from "./read-reports.ts";
import { reportId } from "./store-report.ts";

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await openOnDriver("pglite"));
});
afterAll(() => close?.());

test("a report of before queues had bets of their own and a chart over windows is gone on from", async () => {
  const state = {
    windowEnd: 7,
    smoothed: [0.1, 0.2],
    suiteLevels: [0.3],
    singleLevels: [0.4],
    shareLevels: [0.5],
    performanceLevels: [0.6],
    evidence: { audits: 10, errors: 2, wealth: [1.5], restarted: [2.5] },
    trainings: [3],
    refusals: 1,
    lastRefusal: 4,
  };
  const point = {
    end: 7,
    diagnosis: "stable",
    modelVersion: "2026.01.01-a",
    suite: { level: 0.3, limit: 1 },
    single: null,
    queues: { network: 1 },
  };
  await database.rows(
    sql`insert into drift_reports (id, mode, model_version, window_start, window_end, row_count, report, bundle_hash, state)
      values (${reportId("hash", 0)}::uuid, 'calibrated', '2026.01.01-a', '2026-01-05Z', '2026-01-12Z', 300,
        ${JSON.stringify({ history: [point] })}::jsonb, 'hash', ${JSON.stringify(state)}::jsonb)`,
  );
  const newest = await readNewestReport(database);
  const { shareLevels: _gone, ...kept } = state;
  expect(newest?.state).toEqual({ ...kept, shareScores: [], evidence: { ...state.evidence, byQueue: {} } });
  expect(newest?.history).toEqual([{ ...point, shares: null }]);
});
