// What the monitor reads out of the log, through each driver.
import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordPrediction } from "../../../api/src/records/record-prediction.ts";
import { examplePrediction } from "../../../test/database/example-prediction.ts";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { countOtherModels } from "./count-other-models.ts";
import { findFirstPrediction } from "./find-first-prediction.ts";
import { measureLivePerformance } from "./measure-live-performance.ts";
import { readAudits } from "./read-audits.ts";
import { type LogSource, readLoggedRows } from "./read-logged-rows.ts";
import { readTrainingRecord } from "./read-training-record.ts";

const { modelVersion, embedder } = examplePrediction;
const source: LogSource = {
  modelVersion,
  embedderMaker: embedder,
  routes: ["ask", "classify"],
  schema: {
    numericNames: ["a", "b", "c", "d", "e", "f"],
    queues: ["Network / Infrastructure", "Hardware / Device", "Security / Access"],
    urgencies: ["low", "medium", "high"],
  },
};
const day = 86_400_000;
const from = Date.UTC(2026, 0, 5);

describe.each(["pglite", "node-postgres", "neon-http", "neon-websocket"] as const)("%s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });
  afterAll(() => close());
  beforeEach(() =>
    database.rows(sql`truncate prediction_logs, blind_labels, feedback, training_cycles cascade`),
  );

  /** Copies of one recorded prediction, one each millisecond or as told. */
  async function copies(count: number, stepMs = 1): Promise<void> {
    const id = await recordPrediction(database)(examplePrediction);
    await database.rows(
      sql`insert into prediction_logs (id, route, text, language, numeric_features, embedding, embedder, predicted_queue, predicted_urgency,
          queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action, sources, degraded, stage_ms,
          latency_ms, created_at)
        select gen_random_uuid(), route, n::text, language, numeric_features, embedding, embedder, predicted_queue, predicted_urgency,
          queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action, sources, degraded, stage_ms,
          latency_ms, ${new Date(from).toISOString()}::timestamptz + make_interval(secs => n * ${stepMs}::float8 / 1000)
        from prediction_logs, generate_series(0, ${count - 1}::int) n where id = ${id}::uuid`,
    );
    await database.rows(sql`delete from prediction_logs where id = ${id}::uuid`);
  }

  async function predict(at: number, change: Partial<typeof examplePrediction> = {}): Promise<string> {
    const id = await recordPrediction(database)({ ...examplePrediction, ...change });
    await database.rows(
      sql`update prediction_logs set created_at = ${new Date(at).toISOString()}::timestamptz where id = ${id}::uuid`,
    );
    return id;
  }

  async function label(prediction: string, queue: string, at: number, author = "ana"): Promise<void> {
    await database.rows(
      sql`insert into blind_labels (id, prediction_id, model_version, queue, author, role, created_at)
        values (${newId()}::uuid, ${prediction}::uuid, ${modelVersion}, ${queue}, ${author}, 'agent', ${new Date(at).toISOString()}::timestamptz)`,
    );
  }

  test("a row is what was recorded: numbers, vector, probabilities by the model's labels, missing ones as such", async () => {
    await predict(from);
    const [row] = await readLoggedRows(database, source, { from, until: from + 1 });
    expect(row).toMatchObject({
      at: from,
      text: examplePrediction.text,
      language: "fr",
      queue: "Network / Infrastructure",
      urgency: "high",
      queueProbabilities: [0.93, 0, 0.07],
      urgencyProbabilities: [0.04, 0.15, 0.81],
    });
    expect([...(row?.embedding ?? [])]).toEqual([...(examplePrediction.embedding ?? [])]);
    expect([...Array.from(row?.numeric ?? [])]).toEqual([...examplePrediction.numericFeatures, Number.NaN]);
  });

  test("no row is lost, doubled or out of order between two pages, with many in one millisecond", async () => {
    await copies(1_203, 1 / 7);
    const rows = await readLoggedRows(database, source, { from, until: from + day });
    expect(rows.map(({ text }) => Number(text))).toEqual(Array.from({ length: 1_203 }, (_, n) => n));
  });

  test("reading ends with the page that is enough, and takes the rest of its last millisecond along", async () => {
    await copies(1_600, 1 / 7);
    const rows = await readLoggedRows(database, source, { from, until: from + day, atLeast: 500 });
    expect(rows).toHaveLength(1_000);
    expect(rows.at(-1)?.at).toBeGreaterThan(rows[499]?.at ?? Number.POSITIVE_INFINITY);
  });

  test("other models, other routes and what lies outside are not read; a vector of another maker is missing", async () => {
    await predict(from - 1);
    await predict(from + day);
    await predict(from + 1, { modelVersion: "other" });
    await predict(from + 2, { embedder: "another maker" });
    await predict(from + 3, { route: "classify" });
    const range = { from, until: from + day };
    const rows = await readLoggedRows(database, source, range);
    expect(rows.map(({ at, embedding }) => [at - from, embedding === null])).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(await readLoggedRows(database, { ...source, routes: ["classify"] }, range)).toHaveLength(1);
    expect(await countOtherModels(database, modelVersion, { start: from, end: from + day })).toBe(1);
    expect(await findFirstPrediction(database, modelVersion, null)).toBe(from - 1);
    expect(await findFirstPrediction(database, modelVersion, from)).toBe(from + 2);
    expect(await findFirstPrediction(database, "nobody", null)).toBeNull();
  });

  test("an audit counts in the one range in which it became ripe: labelled, and its prediction older than the lag", async () => {
    const [early, late, doubted] = [await predict(from), await predict(from + day), await predict(from)];
    await label(early, "Network / Infrastructure", from + 1);
    await label(late, "Hardware / Device", from + 9 * day);
    // Two who disagree: neither is right.
    await label(doubted, "Hardware / Device", from + 1);
    await label(doubted, "Network / Infrastructure", from + 2, "ben");
    // Said again by another person, later: no second audit.
    await label(early, "Network / Infrastructure", from + 9 * day, "ben");
    const auditsIn = async (after: number | null, until: number) => {
      const audited = await readAudits(database, source, { after, until, lagDays: 3 });
      return audited.map(({ isWrong }) => isWrong);
    };
    expect(await auditsIn(null, from + 3 * day)).toEqual([]);
    expect(await auditsIn(null, from + 4 * day)).toEqual([false]);
    expect(await auditsIn(from + 4 * day, from + 9 * day)).toEqual([]);
    expect(await auditsIn(from + 9 * day, from + 10 * day)).toEqual([true]);
    expect(await auditsIn(null, from + 10 * day)).toEqual([false, true]);
  });

  test("an audit bears the moment at which it became ripe, both queues, and the probabilities of the prediction", async () => {
    const id = await predict(from);
    await label(id, "Hardware / Device", from + 1);
    const range = { after: null, until: from + 10 * day, lagDays: 3 };
    expect(await readAudits(database, source, range)).toEqual([
      {
        at: from + 3 * day,
        queue: "Network / Infrastructure",
        label: "Hardware / Device",
        isWrong: true,
        queueProbabilities: [0.93, 0, 0.07],
      },
    ]);
  });

  test("live precision and recall are of labels that had been given, on predictions older than the lag", async () => {
    const ids = [await predict(from), await predict(from + 1), await predict(from + 5 * day)];
    await label(ids[0] ?? "", "Network / Infrastructure", from + 1);
    await label(ids[1] ?? "", "Hardware / Device", from + 2);
    await label(ids[2] ?? "", "Hardware / Device", from + 5 * day + 1);
    const labels = { lagDays: 3, performanceDays: 30 };
    const { blind, feedback } = await measureLivePerformance(database, modelVersion, from + 6 * day, labels);
    expect(feedback.labels).toBe(0);
    expect(blind).toEqual({
      labels: 2,
      right: 1,
      queues: [
        { queue: "Hardware / Device", predicted: 0, labelled: 1, hits: 0 },
        { queue: "Network / Infrastructure", predicted: 2, labelled: 1, hits: 1 },
      ],
    });
  });

  test("a training that was abandoned before it had a candidate did not take place", async () => {
    for (const facts of [{}, { train: { attempts: 3 } }, { train: { bundleHash: "b" } }]) {
      await database.rows(
        sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, outcome, facts, started_at, ended_at)
          values (${newId()}::uuid, 'current', 'drift', 'h', 'ended', 'abandoned', ${JSON.stringify(facts)}::jsonb,
            ${new Date(from).toISOString()}::timestamptz, ${new Date(from + day).toISOString()}::timestamptz)`,
      );
    }
    expect((await readTrainingRecord(database)).trainings).toEqual([from]);
  });

  test("refusals count since the last candidate that was accepted, and one that was abandoned says nothing", async () => {
    expect(await readTrainingRecord(database)).toEqual({ trainings: [], refusals: 0, lastRefusal: null });
    const outcomes = ["refused", "promoted", "refused", "abandoned", "refused"];
    for (const [n, outcome] of outcomes.entries()) {
      const [begun, ended] = [from + n * day, from + n * day + 3_600_000].map((at) =>
        new Date(at).toISOString(),
      );
      await database.rows(
        sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, outcome, facts, started_at, ended_at)
          values (${newId()}::uuid, 'current', 'drift', 'h', 'ended', ${outcome}, '{"train": {"bundleHash": "b"}}', ${begun}::timestamptz, ${ended}::timestamptz)`,
      );
    }
    await database.rows(
      sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, started_at)
        values (${newId()}::uuid, 'current', 'drift', 'h', 'gate', ${new Date(from + 6 * day).toISOString()}::timestamptz)`,
    );
    expect(await readTrainingRecord(database)).toEqual({
      trainings: [0, 1, 2, 3, 4, 6].map((n) => from + n * day),
      refusals: 2,
      lastRefusal: from + 4 * day + 3_600_000,
    });
  });
});
