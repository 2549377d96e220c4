import { setImmediate } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addKnownQueues } from "../../api/src/records/add-known-queues.ts";
import { findPrediction } from "../../api/src/records/find-prediction.ts";
import { knownQueues } from "../../api/src/records/known-queues.ts";
import { recordFeedback } from "../../api/src/records/record-feedback.ts";
import { type PredictionRecord, recordPrediction } from "../../api/src/records/record-prediction.ts";
import { recordServing } from "../../api/src/records/record-serving.ts";
import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { appliedSchemaVersion, requiredSchemaVersion } from "../../shared/src/database/schema-version.ts";
import { StatementError } from "../../shared/src/database/statement-error.ts";
import { storedEmbedders } from "../../shared/src/database/stored-embedders.ts";
import { newId } from "../../shared/src/new-id.ts";
import { examplePrediction as prediction } from "./example-prediction.ts";
import { openOnDriver } from "./open-on-driver.ts";

const drivers: readonly DatabaseDriver[] = ["pglite", "node-postgres", "neon-http", "neon-websocket"];

describe.each(drivers)("through %s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });

  afterAll(() => close());

  test("the schema is the one that this version needs", async () => {
    expect(await appliedSchemaVersion(database)).toBe(requiredSchemaVersion);
  });

  test("a prediction comes back as it was recorded, with nothing said of it yet", async () => {
    const id = await recordPrediction(database)(prediction);
    const found = await findPrediction(database)(id);
    const {
      requestId,
      caller,
      numericFeatures,
      embedding: _,
      embedder,
      outOfScopeProbability,
      stageMs,
      latencyMs,
      ...kept
    } = prediction;
    expect(found).toEqual({ ...kept, id, createdAt: found?.createdAt, feedback: [] });
    expect(Math.abs(Date.parse(found?.createdAt ?? "") - Date.now())).toBeLessThan(60_000);
    const [row] =
      await database.rows(sql`select request_id, caller, embedder, latency_ms::text, out_of_scope_probability::text,
      to_jsonb(numeric_features) as numeric_features, stage_ms from prediction_logs where id = ${id}::uuid`);
    expect(row).toEqual({
      request_id: requestId,
      caller,
      embedder,
      latency_ms: String(latencyMs),
      out_of_scope_probability: String(outOfScopeProbability),
      numeric_features: [0, 1, 0.1, -2.5e-7, 12_345.678],
      stage_ms: stageMs,
    });
    expect(numericFeatures.length).toBe(5);
  });

  test("a recorded vector comes back bit by bit", async () => {
    const id = await recordPrediction(database)(prediction);
    const [row] = await database.rows(
      sql`select embedding::text from prediction_logs where id = ${id}::uuid`,
    );
    expect(Float32Array.from(JSON.parse(String(row?.embedding)))).toEqual(prediction.embedding);
  });

  test("a prediction without embedding, sources or answer is kept too", async () => {
    const bare: PredictionRecord = {
      ...prediction,
      route: "classify",
      action: "classify",
      embedding: null,
      numericFeatures: new Float32Array(),
      sources: [],
      degraded: [],
      response: null,
      generatedBy: null,
      requestId: null,
      caller: null,
    };
    const id = await recordPrediction(database)(bare);
    expect(await findPrediction(database)(id)).toMatchObject({ sources: [], degraded: [], response: null });
  });

  test("predictions that come together are rows of their own, and one that is refused costs no other its row", async () => {
    const record = recordPrediction(database, () => setImmediate());
    const texts = ["first", "second", "refused: \u0000", "fourth", "fifth", "sixth"];
    const outcomes = await Promise.allSettled(texts.map((text) => record({ ...prediction, text })));
    const kept = await Promise.all(
      outcomes.map((outcome) =>
        outcome.status === "fulfilled" ? findPrediction(database)(outcome.value) : outcome.reason,
      ),
    );
    expect(kept.map((found) => found?.text ?? found)).toEqual(
      texts.map((text, number) => (number === 2 ? expect.any(StatementError) : text)),
    );
  });

  test("an id that was never given out finds nothing", async () => {
    expect(await findPrediction(database)(newId())).toBeNull();
  });

  test("the same correction twice is one; another author, role or content is another", async () => {
    const predictionId = await recordPrediction(database)(prediction);
    const said = {
      predictionId,
      correctQueue: "Security / Access",
      helpful: false,
      comment: prediction.text,
      role: "agent" as const,
    };
    expect(await recordFeedback(database)(said)).toBe("created");
    expect(await recordFeedback(database)(said)).toBe("duplicate");
    expect(await recordFeedback(database)({ ...said, predictionId: predictionId.toUpperCase() })).toBe(
      "duplicate",
    );
    expect(await recordFeedback(database)({ ...said, author: "ana" })).toBe("created");
    expect(await recordFeedback(database)({ ...said, role: "requester" })).toBe("created");
    expect(await recordFeedback(database)({ ...said, helpful: undefined })).toBe("created");
    const found = await findPrediction(database)(predictionId);
    expect(found?.feedback).toHaveLength(4);
    expect(found?.feedback[0]).toEqual({
      correctQueue: "Security / Access",
      correctUrgency: null,
      helpful: false,
      reason: null,
      comment: prediction.text,
      role: "agent",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
    });
  });

  test("ten of the same correction at once are one row", async () => {
    const predictionId = await recordPrediction(database)(prediction);
    const said = { predictionId, correctUrgency: "low", role: "agent" as const };
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => recordFeedback(database)(said)));
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    expect((await findPrediction(database)(predictionId))?.feedback).toHaveLength(1);
  });

  test("feedback carries the model version of the prediction, and none is taken for a prediction that is none", async () => {
    const predictionId = await recordPrediction(database)({ ...prediction, modelVersion: "older" });
    await recordFeedback(database)({ predictionId, helpful: true, role: "unknown" });
    const rows = await database.rows(
      sql`select model_version from feedback where prediction_id = ${predictionId}::uuid`,
    );
    expect(rows).toEqual([{ model_version: "older" }]);
    expect(await recordFeedback(database)({ predictionId: newId(), helpful: true, role: "unknown" })).toBe(
      "unknown_prediction",
    );
  });

  test("labels may name the serving model's queues and those that were made known, each once", async () => {
    await addKnownQueues(database, ["Facilities", "B", "B"], "import");
    await addKnownQueues(database, ["Facilities"], "admin");
    expect(await knownQueues(database, ["C", "B"])()).toEqual(["C", "B", "Facilities"]);
  });

  test("one bundle serves at a time, and recording it again changes nothing", async () => {
    await recordServing(database)({ bundleHash: "a", modelVersion: "1" });
    await recordServing(database)({ bundleHash: "b", modelVersion: "2" });
    await recordServing(database)({ bundleHash: "b", modelVersion: "2" });
    const history = sql`select bundle_hash, serving, ended_at is null as is_open from model_deployments order by started_at`;
    expect(await database.rows(history)).toEqual([
      { bundle_hash: "a", serving: false, is_open: false },
      { bundle_hash: "b", serving: true, is_open: true },
    ]);
  });

  describe("a bundle that was followed by another", () => {
    const record = (bundleHash: string, wasAsked = false) =>
      recordServing(database)({ bundleHash, modelVersion: `version ${bundleHash}`, wasAsked });
    const serving = async () => {
      const rows = await database.rows(sql`select bundle_hash from model_deployments where serving`);
      return rows.map(({ bundle_hash }) => bundle_hash);
    };
    const answer = async (bundleHash: string, minutesAgo: number) => {
      const id = await recordPrediction(database)({ ...prediction, modelVersion: `version ${bundleHash}` });
      await database.rows(sql`update prediction_logs set created_at = now() - make_interval(mins => ${minutesAgo}::int)
        where id = ${id}::uuid`);
    };
    const servingFor = (minutes: number) =>
      database.rows(
        sql`update model_deployments set started_at = now() - make_interval(mins => ${minutes}::int) where serving`,
      );

    beforeEach(async () => {
      await database.rows(sql`truncate model_deployments, quarantined_bundles, prediction_logs cascade`);
      expect([await record("old"), await record("new")]).toEqual([true, true]);
    });

    test("does not take the place back when a process of it starts late", async () => {
      expect(await record("old")).toBe(false);
      expect(await serving()).toEqual(["new"]);
      expect(await record("new")).toBe(true);
    });

    test("takes it back where somebody asked for it, and the other one does not come back by itself", async () => {
      expect(await record("old", true)).toBe(true);
      expect(await serving()).toEqual(["old"]);
      expect(await record("new")).toBe(false);
      expect(await serving()).toEqual(["old"]);
    });

    test("takes it back at once where the other one is quarantined", async () => {
      await database.rows(
        sql`insert into quarantined_bundles (bundle_hash, model_version, reason) values ('new', 'version new', 'worse')`,
      );
      expect([await record("old"), await record("new")]).toEqual([true, false]);
      expect(await serving()).toEqual(["old"]);
    });

    test("takes it back where it alone has answered for ten minutes", async () => {
      await answer("old", 1);
      expect(await record("old")).toBe(false);
      await servingFor(11);
      await answer("new", 9);
      expect(await record("old")).toBe(false);
      await database.rows(sql`truncate prediction_logs cascade`);
      expect(await record("old")).toBe(false);
      await answer("old", 1);
      await answer("new", 11);
      expect(await record("old")).toBe(true);
      expect(await serving()).toEqual(["old"]);
    });

    test("begins where none serves", async () => {
      await database.rows(sql`update model_deployments set serving = false, ended_at = now() where serving`);
      expect(await record("old")).toBe(true);
    });
  });

  test("processes that record different bundles at once leave exactly one serving, and none fails", async () => {
    const bundles = ["c", "d", "e", "c", "d", "e", "c", "d"];
    await Promise.all(
      bundles.map((bundleHash) => recordServing(database)({ bundleHash, modelVersion: "3" })),
    );
    expect(await database.rows(sql`select count(*)::int as n from model_deployments where serving`)).toEqual([
      { n: 1 },
    ]);
  });

  test("the makers of stored vectors are told, each once", async () => {
    expect(await storedEmbedders(database)).toEqual([]);
    const ticketId = newId();
    await database.rows(sql`insert into tickets (id, source, external_id, subject, body, language)
      values (${ticketId}::uuid, 'test', '1', 's', 'b', 'en')`);
    for (const maker of ["m2", "m1", "m2"]) {
      await database.rows(sql`insert into rag_docs (id, kind, ticket_id, ordinal, title, content, language, embedding, embedder, weights)
        values (${newId()}::uuid, 'ticket', ${ticketId}::uuid, 0, 't', 'c', 'en', array_fill(0.1, array[384])::vector, ${maker}, '{}/1000000000')`);
    }
    expect(await storedEmbedders(database)).toEqual(["m1", "m2"]);
  });

  test("a faulty statement is its own error, names the statement and quotes no value", async () => {
    const secret = "websocket connection terminated";
    const failure = await database
      .rows(sql`select * from no_such_table where name = ${secret}`)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(StatementError);
    expect(failure.sqlState).toBe("42P01");
    expect(failure.message).toContain("no_such_table");
    expect(failure.message).not.toContain(secret);
    const broken = await database.rows(sql`select ${secret}::int`).catch((error) => error);
    expect(broken).toBeInstanceOf(StatementError);
  });
});
