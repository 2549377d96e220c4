// The monitor on a real database, with the real models: what a desk's weeks leave in drift_reports, and what the API serves of it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findDriftReport } from "../../api/src/monitoring/find-drift-report.ts";
import { listDriftReports } from "../../api/src/monitoring/list-drift-reports.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import type { Assessment } from "../../trainer/src/drift/assess-window.ts";
import {
  type MonitoredWindow,
  type MonitorOptions,
  type MonitorResult,
  monitorWindows,
} from "../../trainer/src/monitor/monitor-windows.ts";
import { readDriftParams } from "../../trainer/src/monitor/read-drift-params.ts";
import { replayLogs } from "../../trainer/src/monitor/replay-logs.ts";
import { openOnDriver } from "../database/open-on-driver.ts";
import { createTestApp } from "../http/create-test-app.ts";
import { writeBlindLabels } from "../loop/write-blind-labels.ts";
import { type Traffic, writeTraffic } from "../loop/write-traffic.ts";
import { makeDesk, type TestDesk } from "./make-desk.ts";

const week = 7 * 86_400_000;
/** A Monday, so that a window is a week. */
const from = Date.UTC(2026, 0, 5);

const shipped = await readDriftParams("params.yaml");
/** A desk of 140 questions a week, which has history after three weeks. */
const params = {
  ...shipped,
  windows: { ...shipped.windows, minRows: 60 },
  reference: { ...shipped.reference, clusters: 8, leastWindows: 3, settledAfterWindows: 1 },
};

let folder: string;
let desk: TestDesk;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monitor-"));
  desk = await makeDesk(folder);
}, 600_000);
afterAll(async () => {
  await desk?.close();
  await rm(folder, { recursive: true });
});

describe.each(["pglite", "node-postgres"] as const)("%s", { timeout: 300_000 }, (driver) => {
  let database: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });
  afterAll(() => close?.());
  beforeEach(async () => {
    await database.rows(
      sql`truncate prediction_logs, blind_labels, drift_reports, training_cycles, training_decisions cascade`,
    );
  });

  const write = (weeks: number, traffic: Partial<Traffic> = {}) =>
    writeTraffic(database, {
      ...{ bundle: desk.bundle, embedder: desk.embedder, texts: desk.texts, from, perDay: 20, seed: 3 },
      days: 7 * weeks,
      ...traffic,
    });

  /** A run of the monitor an hour after so many weeks; a week begins with its first question, at about eight. */
  const watch = (weeks: number, options: Partial<MonitorOptions> = {}) =>
    monitorWindows({
      ...{ database, bundle: desk.bundle, params, seed: 1, stores: true, start: from },
      now: from + weeks * week + 3_600_000,
      readHeldOut: async () => desk.heldOut,
      ...options,
    });

  const storedAssessments = async () =>
    (
      await database.rows(
        sql`select report->'assessment' as assessment from drift_reports order by window_start`,
      )
    ).map(({ assessment }) => assessment as Assessment);

  test("weeks of the same desk are stable, each of them one row, and a second run finds nothing new", async () => {
    await write(7);
    const result = await watch(7);
    expect(diagnosesOf(result)).toEqual(Array(7).fill("stable"));
    expect(await storedAssessments()).toHaveLength(7);
    expect(await watch(7)).toEqual({ outcome: "no_new_window", since: from + 7 * week });
    // From the fifth week on the first three are the reference.
    const compared = windowsOf(result).map(({ report }) => report.comparedWith?.windows);
    expect(compared).toEqual([0, 0, 0, 0, 3, 3, 3]);
  });

  test("a new topic in a fifth of the questions is an alarm within five weeks, with a page that the API serves", async () => {
    await write(4);
    await write(5, { from: from + 4 * week, seed: 4, others: { texts: desk.foreignTexts, share: 0.2 } });
    const result = await watch(9);
    expect(diagnosesOf(result).slice(0, 4)).toEqual(Array(4).fill("stable"));
    const alarm = windowsOf(result).find(({ report }) => report.assessment.training.wanted);
    // Drift, or, where it hurts more than it moves, what the model expects of itself.
    expect(alarm?.report.assessment.diagnosis).toMatch(/^(drift|performance_alarm)$/);
    expect(alarm?.report.assessment.chart?.driftShare).toBeGreaterThan(0.05);
    expect(alarm?.report.assessment.training).toEqual({ wanted: true, heldBack: null, until: null });
    expect(alarm?.report.explanation?.tickets[0]?.text).toContain("pallets");

    const { deps } = createTestApp();
    const monitoring = {
      ...deps.monitoring,
      listDriftReports: listDriftReports(database),
      findDriftReport: findDriftReport(database),
    };
    const { app } = createTestApp({ monitoring });
    const list = await (await app.request("/monitoring/drift")).json();
    expect(list.reports).toHaveLength(9);
    const path = `/monitoring/drift/${alarm?.reportId}`;
    const page = await app.request(path, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toBe(alarm?.page);
    const { report } = await (await app.request(path)).json();
    expect(report.assessment.diagnosis).toBe(alarm?.report.assessment.diagnosis);
  });

  test("a week without vectors is a data fault, and the chart goes on from the week before it", async () => {
    const asked = await write(3);
    const lost = asked.filter(({ at }) => at >= from + week && at < from + 2 * week).map(({ id }) => id);
    await database.rows(
      sql`update prediction_logs set embedding = null where id in (select jsonb_array_elements_text(${JSON.stringify(lost)}::jsonb)::uuid)`,
    );
    const result = await watch(3);
    expect(diagnosesOf(result)).toEqual(["stable", "data_fault", "stable"]);
    const states = windowsOf(result).map(({ state }) => state.smoothed);
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).not.toEqual(states[1]);
  });

  test("forty who report one incident within the hour are a burst, and train nothing", async () => {
    await write(1);
    const [text = ""] = desk.foreignTexts;
    const hour = from + 86_400_000;
    await write(1, { texts: [text], from: hour, days: 1, perDay: 30, seed: 5 });
    await database.rows(
      sql`update prediction_logs set created_at = ${new Date(hour + 36_000_000).toISOString()}::timestamptz
        + make_interval(secs => extract(second from created_at)::float8) where text like '%lorry driver%'`,
    );
    const result = await watch(1);
    expect(diagnosesOf(result)).toEqual(["burst"]);
    const [only] = await storedAssessments();
    expect(only?.bursts[0]?.rows).toBeGreaterThan(30);
    expect(only?.burstIds).toHaveLength(only?.bursts[0]?.rows ?? 0);
  });

  test("a quiet week has not enough data, and an unfinished one is left for later", async () => {
    await write(1, { perDay: 5 });
    expect(diagnosesOf(await watch(1))).toEqual(["not_enough_data"]);
    await write(1, { from: from + week, seed: 6 });
    expect(await watch(1.9)).toEqual({ outcome: "no_new_window", since: from + week });
    expect(diagnosesOf(await watch(2))).toEqual(["stable"]);
  });

  test("a run that dies after a window leaves the next one to the run after it, and nothing counts twice", async () => {
    const asked = await write(4);
    const audited = asked.filter((_, at) => at % 4 === 0);
    await writeBlindLabels(
      database,
      desk.bundle.manifest.version,
      audited.map((one) => ({ asked: one, queue: "Somewhere else" })),
    );
    for (let window = 0; window < 4; window += 1) {
      const killed = new AbortController();
      const run = watch(4, { signal: killed.signal, onWindow: () => killed.abort(new Error("killed")) });
      await expect(run).rejects.toThrow("killed");
    }
    expect((await watch(4)).outcome).toBe("no_new_window");
    const inPieces = await storedAssessments();
    const whole = await replayLogs({
      ...{ database, bundle: desk.bundle, params, seed: 1, since: from, until: from + 4 * week + 3_600_000 },
      readHeldOut: async () => desk.heldOut,
    });
    expect(inPieces.map(withoutTraining)).toEqual(JSON.parse(JSON.stringify(whole.map(withoutTraining))));
    const ripe = audited.filter(({ at }) => at < from + 4 * week - 3 * 86_400_000);
    expect(inPieces.at(-1)?.errors.audits).toBe(ripe.length);
    expect(inPieces.at(-1)?.diagnosis).toBe("performance_alarm");
  });

  test("audits of the windows that became the reference are part of it, for a replay as for the runs", async () => {
    const asked = await write(7);
    const audited = asked.filter((_, at) => at % 4 === 0);
    await writeBlindLabels(
      database,
      desk.bundle.manifest.version,
      audited.map((one) => ({ asked: one, queue: one.predictedQueue })),
    );
    await watch(4);
    await watch(7);
    const stored = await storedAssessments();
    const tolerated = stored.map(({ errors }) => errors.toleratedRate ?? Number.NaN);
    // None of them is wrong, so that what is tolerated falls once three windows are the reference.
    expect(new Set(tolerated.slice(0, 4)).size).toBe(1);
    expect(tolerated[4]).toBeLessThan(0.9 * Number(tolerated[3]));
    const replayed = await replayLogs({
      ...{ database, bundle: desk.bundle, params, seed: 1, since: from, until: from + 7 * week + 3_600_000 },
      readHeldOut: async () => desk.heldOut,
    });
    expect(stored.map(withoutTraining)).toEqual(JSON.parse(JSON.stringify(replayed.map(withoutTraining))));
  });

  test("a label that comes weeks after its window counts once, in the window in which it came", async () => {
    const asked = await write(4);
    const early = asked.filter(({ at }) => at < from + 2 * 86_400_000).slice(0, 10);
    const { version } = desk.bundle.manifest;
    const audits = async () => (await storedAssessments()).map(({ errors }) => errors.audits);
    const say = (one: (typeof early)[number], at: number) => ({ asked: one, queue: one.predictedQueue, at });

    await writeBlindLabels(
      database,
      version,
      early.slice(0, 4).map((one) => say(one, one.at + 3_600_000)),
    );
    await watch(1);
    await writeBlindLabels(
      database,
      version,
      early.slice(4, 9).map((one) => say(one, from + 1.5 * week)),
    );
    await watch(3);
    // A second opinion is no second audit.
    await writeBlindLabels(
      database,
      version,
      early.slice(0, 4).map((one) => say(one, from + 3.5 * week)),
    );
    await watch(4);
    expect(await audits()).toEqual([4, 9, 9, 9]);
  });

  test("another model begins anew with its own first question, and the one before is found again after a rollback", async () => {
    const other = {
      ...desk.bundle,
      hash: "f".repeat(64),
      manifest: { ...desk.bundle.manifest, version: "2026.12.01-ffffff" },
    };
    await write(3);
    await watch(3);
    await write(2, { bundle: other, from: from + 3 * week, seed: 7 });
    const second = await watch(5.2, { bundle: other });
    if (second.outcome !== "assessed") throw new Error("nothing was assessed");
    expect(second.windows).toHaveLength(2);
    const [first] = second.windows;
    expect(first?.report.assessment.window.start).toBeGreaterThan(from + 3 * week);
    expect(first?.report.comparedWith).toMatchObject({ windows: 0, otherModels: 0 });
    expect(first?.state.suiteLevels).toHaveLength(1);
    expect(second.last.report.history.map(({ modelVersion }) => modelVersion)).toEqual([
      ...Array(3).fill(desk.bundle.manifest.version),
      ...Array(2).fill(other.manifest.version),
    ]);

    const back = from + 5 * week + 86_400_000;
    await write(2, { from: back, seed: 8 });
    const third = await watch(8.2);
    if (third.outcome !== "assessed") throw new Error("nothing was assessed");
    expect(third.windows[0]?.report.assessment.window.start).toBeGreaterThan(back);
    expect(third.windows[0]?.state.suiteLevels).toHaveLength(1);
  });

  test("two runs at once leave one row a window", async () => {
    await write(3);
    const [one, two] = await Promise.all([watch(3), watch(3)]);
    expect([one, two].flatMap(windowsOf)).toHaveLength(3);
    expect((await storedAssessments()).map(({ window }) => window.start)).toEqual(
      [0, 1, 2].map((at) => from + at * week),
    );
  });

  test("trainings and refusals of the table hold the next training back", async () => {
    await write(4, { others: { texts: desk.foreignTexts, share: 0.3 } });
    const ended = new Date(from + 4 * week - 86_400_000).toISOString();
    await database.rows(
      sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, outcome, started_at, ended_at)
        values (${newId()}::uuid, 'current', 'drift', 'h', 'ended', 'refused', ${ended}::timestamptz, ${ended}::timestamptz)`,
    );
    const result = await watch(4);
    if (result.outcome !== "assessed") throw new Error("nothing was assessed");
    expect(result.last.report.assessment.training).toMatchObject({ wanted: true, heldBack: "refusal_pause" });
    expect(result.last.state).toMatchObject({ refusals: 1, lastRefusal: Date.parse(ended) });
  });

  test("a replay, and a run that does not store, change no table", async () => {
    await write(4);
    await watch(2);
    const before = await countEveryTable(database);
    expect(before.drift_reports).toBe(2);
    const assessments = await replayLogs({
      ...{ database, bundle: desk.bundle, params, seed: 1, until: from + 4 * week + 50_000_000 },
      readHeldOut: async () => desk.heldOut,
    });
    expect(assessments).toHaveLength(4);
    expect(diagnosesOf(await watch(4, { stores: false }))).toEqual(["stable", "stable"]);
    expect(await countEveryTable(database)).toEqual(before);
  });
});

function windowsOf(result: MonitorResult): readonly MonitoredWindow[] {
  return result.outcome === "assessed" ? result.windows : [];
}

function diagnosesOf(result: MonitorResult): string[] {
  return windowsOf(result).map(({ report }) => report.assessment.diagnosis);
}

function withoutTraining({ training: _unused, ...assessment }: Assessment) {
  return assessment;
}

async function countEveryTable(database: Database): Promise<Record<string, number>> {
  const tables = await database.rows(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.rows(sql`select count(*)::int as rows from ${sql.identifier(String(name))}`);
    counts[String(name)] = Number(row?.rows);
  }
  return counts;
}
