import { type SQL, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import { seededRandom } from "../../trainer/src/drift/seeded-random.ts";
import { readLiveWork } from "../../trainer/src/watch/read-live-work.ts";
import { readWatchParams } from "../../trainer/src/watch/read-watch-params.ts";
import { watchServing } from "../../trainer/src/watch/watch-serving.ts";
import { openOnDriver } from "../database/open-on-driver.ts";

const drivers: readonly DatabaseDriver[] = ["pglite", "node-postgres"];
const params = await readWatchParams(new URL("../../params.yaml", import.meta.url).pathname);

const [network, hardware] = ["Network / Infrastructure", "Hardware / Device"];
const hourMs = 3_600_000;

describe.each(drivers)("live work through %s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });

  beforeEach(() =>
    run(
      sql`truncate feedback, blind_labels, label_assignments, label_verdicts, prediction_logs, api_keys cascade`,
    ),
  );

  afterAll(() => close());

  const run = (statement: SQL) => database.rows(statement, { deadlineMs: 60_000 });
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();

  type Row = {
    version: string;
    ageHours: number;
    action?: "answer" | "hand_off" | "classify";
    reason?: string;
    confidence?: number;
  };

  /** Predictions of the network queue; resolves with their ids. */
  async function predict(rows: readonly Row[]): Promise<string[]> {
    const values = rows.map(({ version, ageHours, action = "answer", reason = null, confidence = 0.8 }) => ({
      id: newId(),
      version,
      action,
      reason,
      at: hoursAgo(ageHours),
      p: JSON.stringify({ [network!]: confidence, [hardware!]: 1 - confidence }),
    }));
    await run(sql`insert into prediction_logs (id, route, text, language, numeric_features, embedder, predicted_queue, predicted_urgency,
        queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action, hand_off_reason, sources, degraded,
        stage_ms, latency_ms, created_at)
      select id, 'ask', 'VPN', 'en', '{}', 'test', ${network!}, 'low', p::jsonb, '{}', 0, version, action, reason, '[]', '{}', '{}', 1, at
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
        as row(id uuid, version text, action text, reason text, at timestamptz, p text)`);
    return values.map(({ id }) => id);
  }

  /** Corrections to hardware, each by another agent, so many hours after the prediction. */
  async function correct(ids: readonly string[], afterHours: number, role = "agent"): Promise<void> {
    const values = ids.map((id) => ({ id: newId(), prediction: id, author: newId() }));
    await run(sql`insert into feedback (id, prediction_id, model_version, correct_queue, author, role, fingerprint, created_at)
      select row.id, p.id, p.model_version, ${hardware!}, author, ${role}, row.id::text, p.created_at + make_interval(secs => ${afterHours * 3600}::float8)
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as row(id uuid, prediction uuid, author text)
      join prediction_logs p on p.id = row.prediction`);
  }

  const window = {
    oldVersion: "old",
    newVersion: "new",
    since: hoursAgo(72),
    referenceDays: 14,
    labelAgeHours: 24,
  };

  const total = (days: readonly Record<string, number>[]) => {
    const sum: Record<string, number> = {};
    for (const day of days)
      for (const [name, count] of Object.entries(day)) sum[name] = (sum[name] ?? 0) + count;
    return sum;
  };

  test("what counts is counted by hand: windows, equal age of corrections, trust, and hand-offs of the model's own", async () => {
    const [inTime, late, untrusted, agreed, blind] = await predict([
      { version: "old", ageHours: 100 },
      { version: "old", ageHours: 100 },
      { version: "old", ageHours: 100 },
      { version: "old", ageHours: 100, action: "hand_off", reason: "low_confidence" },
      { version: "old", ageHours: 200, action: "classify" },
      { version: "old", ageHours: 15 * 24 + 72 },
      { version: "old", ageHours: 71 },
      { version: "older", ageHours: 100 },
    ]);
    await correct([inTime!], 23);
    await correct([late!], 25);
    await correct([untrusted!], 1, "requester");
    await run(sql`insert into feedback (id, prediction_id, model_version, correct_queue, author, role, fingerprint)
      values (${newId()}::uuid, ${agreed}::uuid, 'old', ${network!}, 'ana', 'agent', 'agreed')`);
    await run(sql`insert into blind_labels (id, prediction_id, model_version, queue, author, role)
      values (${newId()}::uuid, ${blind}::uuid, 'old', ${hardware!}, 'ana', 'agent')`);
    const [young, judged] = await predict([
      { version: "new", ageHours: 2 },
      { version: "new", ageHours: 30 },
      { version: "new", ageHours: 30, action: "hand_off", reason: "user_request" },
      { version: "new", ageHours: 30, action: "hand_off", reason: "generation_unavailable" },
      { version: "new", ageHours: 30, action: "hand_off", reason: "missing_knowledge" },
      { version: "new", ageHours: 80 },
    ]);
    await correct([young!, judged!], 1);

    const work = await readLiveWork(database, window);
    expect(work.hours).toBeCloseTo(72, 1);
    expect(total(work.old.days)).toEqual({
      predictions: 5,
      judged: 5,
      overridden: 1,
      asked: 4,
      handedOff: 1,
      blind: 1,
      blindErrors: 1,
    });
    expect(total(work.new.days)).toEqual({
      predictions: 5,
      judged: 4,
      overridden: 1,
      asked: 3,
      handedOff: 1,
      blind: 0,
      blindErrors: 0,
    });
    expect(work.new.rows).toHaveLength(5);
    expect(work.new.rows[0]).toEqual({
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      queue: network,
      probabilities: { [network!]: 0.8, [hardware!]: 1 - 0.8 },
    });
  });

  const random = seededRandom(4);
  const traffic = (version: string, from: number, to: number, count: number, handOffRate: number) =>
    predict(
      Array.from({ length: count }, () => {
        const isHandedOff = random() < handOffRate;
        return {
          version,
          ageHours: to + random() * (from - to),
          confidence: 0.7 + 0.2 * random(),
          ...(isHandedOff ? { action: "hand_off" as const, reason: "low_confidence" } : {}),
        };
      }),
    );
  const look = (since = hoursAgo(72)) =>
    watchServing({ database, newVersion: "new", oldVersion: "old", since, params });

  test("a model as good as the one before is watched at first, then kept, with its numbers", async () => {
    await traffic("old", 14 * 24 + 72, 72, 2_000, 0.2);
    await traffic("new", 72, 60, 60, 0.2);
    expect(await look()).toMatchObject({ verdict: "watching", predictions: 60, judged: 60, breach: null });
    await traffic("new", 60, 0, 600, 0.19);
    const report = await look();
    expect(report).toMatchObject({ verdict: "kept", predictions: 660, breach: null });
    expect(report.figures.map(({ name }) => name)).toEqual([
      "override_rate",
      "hand_off_rate",
      "estimated_macro_f1",
    ]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("a model that hands off far more is taken back at once, and the report says which figure, by how much, and how surely", async () => {
    await traffic("old", 14 * 24 + 72, 72, 2_000, 0.2);
    await traffic("new", 10, 0, 150, 0.7);
    const report = await look(hoursAgo(10));
    expect(report).toMatchObject({ verdict: "breach", breach: "hand_off_rate" });
    expect(report.reason).toMatch(
      /^share of questions handed off \d\d\.\d % -> \d\d\.\d % \(of \d+ and 150\): worse by \d\d\.\d points, for certain by more than \d+\.\d points, and 3\.0 points are tolerated\.$/,
    );
    const figure = report.figures.find(({ name }) => name === "hand_off_rate")!;
    expect(figure.finding).toBe("hard_breach");
    expect(figure.low).toBeGreaterThan(figure.margin);
    expect(figure.low).toBeLessThan(figure.worsening);
  });

  test("without an old model's window a new one is kept when the time is over, and not before", async () => {
    await traffic("new", 72, 0, 30, 0.5);
    expect(await look()).toMatchObject({ verdict: "watching", figures: [] });
    expect(await look(hoursAgo(15 * 24))).toMatchObject({
      verdict: "kept",
      reason: expect.stringContaining("nothing to compare with"),
    });
  });
});
