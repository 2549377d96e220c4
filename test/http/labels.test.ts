import { type SQL, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createKey } from "../../api/src/auth/create-key.ts";
import { revokeKey } from "../../api/src/auth/revoke-key.ts";
import { addQueue } from "../../api/src/labels/add-queue.ts";
import { decideLabel } from "../../api/src/labels/decide-label.ts";
import { type LabelStatus, listLabels } from "../../api/src/labels/list-labels.ts";
import { recordLabel } from "../../api/src/labels/record-label.ts";
import { takeNextLabel } from "../../api/src/labels/take-next-label.ts";
import { measurePerformance } from "../../api/src/monitoring/measure-performance.ts";
import { type FeedbackRecord, recordFeedback } from "../../api/src/records/record-feedback.ts";
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import { examplePrediction } from "../database/example-prediction.ts";
import { openOnDriver } from "../database/open-on-driver.ts";

const drivers: readonly DatabaseDriver[] = ["pglite", "node-postgres", "neon-http"];

const [network, hardware, security] = ["Network / Infrastructure", "Hardware / Device", "Security / Access"];

describe.each(drivers)("labels through %s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });

  beforeEach(async () => {
    await run(
      sql`truncate feedback, blind_labels, label_assignments, label_verdicts, prediction_logs, api_keys, audit_log cascade`,
    );
  });

  afterAll(() => close());

  const run = (statement: SQL) => database.rows(statement);

  /** A prediction of the network queue; some days ago where that is said. */
  const predict = async (change: Partial<typeof examplePrediction> = {}, daysAgo = 0) => {
    const id = await recordPrediction(database)({
      ...examplePrediction,
      predictedQueue: network!,
      ...change,
    });
    await run(sql`update prediction_logs set created_at = now() - make_interval(days => ${daysAgo}::int)
      where id = ${id}::uuid`);
    return id;
  };

  const say = (
    author: string | null,
    predictionId: string,
    said: Partial<FeedbackRecord>,
    role: FeedbackRecord["role"] = "agent",
  ) => recordFeedback(database)({ predictionId, author, role, ...said });

  /** The labels of all agents so far, `apartMs` from one another, in the order they were written. */
  const spread = (apart: string, where: SQL = sql`true`) =>
    run(sql`update feedback f set created_at = timestamptz '2026-11-02 00:00:00Z' + (n - 1) * ${apart}::interval
      from (select id, row_number() over (order by id) as n from feedback where ${where}) numbered
      where numbered.id = f.id`);

  const trusted = () =>
    run(
      sql`select prediction_id, source, queue, urgency, author from trusted_labels order by created_at, prediction_id`,
    );

  const statuses = async () => {
    const rows = await run(
      sql`select status, count(*)::int as n from judged_labels group by status order by status`,
    );
    return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
  };

  const listed = (status: LabelStatus) => listLabels(database)({ status, limit: 1_000 });

  test("what an agent says is a label, with the text, both predictions' model and who said it", async () => {
    const id = await predict({ modelVersion: "older" });
    await say("ana", id, { correctQueue: security, correctUrgency: "low" });
    const [row] =
      await run(sql`select text, language, queue, urgency, author, role, source, model_version, predicted_queue
      from trusted_labels`);
    expect(row).toEqual({
      text: examplePrediction.text,
      language: "fr",
      queue: security,
      urgency: "low",
      author: "ana",
      role: "agent",
      source: "feedback",
      model_version: "older",
      predicted_queue: network,
    });
  });

  test("requesters and strangers give no labels, and that somebody was content is none", async () => {
    await say("ana", await predict(), { helpful: true });
    await say("rob", await predict(), { correctQueue: security }, "requester");
    await say(null, await predict(), { correctQueue: security }, "unknown");
    await say(null, await predict(), { correctQueue: security }, "agent");
    expect(await trusted()).toEqual([]);
    expect(await statuses()).toEqual({ untrusted: 3 });
  });

  test("the newest word of a person counts, back to the first one too, and every row is kept", async () => {
    const id = await predict();
    expect(await say("ana", id, { correctQueue: security, correctUrgency: "low" })).toBe("created");
    expect(await say("ana", id, { correctQueue: hardware })).toBe("created");
    expect(await trusted()).toMatchObject([{ queue: hardware, urgency: "low" }]);
    expect(await say("ana", id, { correctQueue: security, correctUrgency: "low" })).toBe("created");
    expect(await say("ana", id, { correctQueue: security, correctUrgency: "low" })).toBe("duplicate");
    expect(await trusted()).toMatchObject([{ queue: security, urgency: "low" }]);
    expect(await statuses()).toEqual({ superseded: 2, trusted: 1 });
  });

  test("where two people name different queues neither counts, what they agree on does, and an admin can decide", async () => {
    const id = await predict();
    await say("ana", id, { correctQueue: security, correctUrgency: "low" });
    await say("ben", id, { correctQueue: hardware, correctUrgency: "low" });
    expect(await trusted()).toMatchObject([{ queue: null, urgency: "low", author: "ben" }]);
    const other = await predict();
    await say("ana", other, { correctQueue: security });
    await say("ben", other, { correctQueue: hardware });
    expect(await statuses()).toEqual({ contradicted: 2, trusted: 2 });
    const [bens] = (await listed("contradicted")).filter(({ author }) => author === "ben");
    expect(await decideLabel(database, { labelId: bens!.id, verdict: "rejected" }, "key:boss")).toBe(true);
    expect(await trusted()).toContainEqual(
      expect.objectContaining({ prediction_id: other, queue: security }),
    );
    expect(await decideLabel(database, { labelId: newId(), verdict: "rejected" }, "key:boss")).toBe(false);
    expect(await run(sql`select actor, action, subject from audit_log`)).toEqual([
      { actor: "key:boss", action: "label.rejected", subject: bens!.id },
    ]);
  });

  test("31 labels of one author within 5 minutes are quarantined, the first ones too; 30 are not, and others go on", async () => {
    for (let label = 0; label < 31; label += 1) await say("bot", await predict(), { correctUrgency: "low" });
    await say("ana", await predict(), { correctUrgency: "low" });
    await spread("9.6 seconds");
    expect(await statuses()).toEqual({ quarantined: 31, trusted: 1 });
    const [one] = await listed("quarantined");
    await decideLabel(database, { labelId: one!.id, verdict: "accepted" }, "key:boss");
    expect(await statuses()).toEqual({ quarantined: 30, trusted: 2 });
    await spread("11 seconds");
    expect(await statuses()).toEqual({ trusted: 32 });
  });

  test("21 corrections to one queue within 10 minutes are quarantined, whoever sends them; those that confirm are not counted", async () => {
    for (let label = 0; label < 21; label += 1) {
      await say(`agent-${label % 7}`, await predict(), { correctQueue: security });
      await say(`agent-${label % 7}`, await predict(), { correctQueue: network });
    }
    await spread("14 seconds");
    expect(await statuses()).toEqual({ quarantined: 21, trusted: 21 });
    await spread("16 seconds");
    expect(await statuses()).toEqual({ trusted: 42 });
  });

  test("beyond 200 labels of an author in a day the rest are set aside, and the next day begins anew", async () => {
    await run(sql`with p as (
        insert into prediction_logs select gen_random_uuid(), (p).request_id, (p).route, (p).text, (p).language, (p).numeric_features,
          (p).embedding, (p).embedder, (p).predicted_queue, (p).predicted_urgency, (p).queue_probabilities,
          (p).urgency_probabilities, (p).out_of_scope_probability, (p).model_version, (p).action, (p).hand_off_reason,
          (p).generated_by, (p).response, (p).sources, (p).degraded, (p).stage_ms, (p).latency_ms, (p).created_at
        from prediction_logs p, generate_series(1, 250) where p.id = ${await predict()}::uuid returning id
      )
      insert into feedback (id, prediction_id, model_version, correct_urgency, author, role, fingerprint)
      select gen_random_uuid(), id, '1', 'low', 'ana', 'agent', id::text from p`);
    await spread("6 minutes");
    expect(await statuses()).toEqual({ capped: 40, trusted: 210 });
  });

  test("labels of a key that was revoked for them count no more, those from before included", async () => {
    const key = await createKey(database, { name: "Eve", scopes: ["agent"], expiresAt: null }, "local:me");
    await say(key.id, await predict(), { correctQueue: security });
    expect(await statuses()).toEqual({ trusted: 1 });
    await revokeKey(database, { prefix: key.prefix, distrustsLabels: false }, "local:me");
    expect(await statuses()).toEqual({ trusted: 1 });
    await revokeKey(database, { prefix: key.prefix, distrustsLabels: true }, "local:me");
    expect(await statuses()).toEqual({ distrusted: 1 });
  });

  test("the blind slice is a share of the ids, the same with each look", async () => {
    const [row] =
      await run(sql`select count(*) filter (where label_slice(id) < 0.05)::int as n, min(label_slice(id))::float8 >= 0 as low,
        max(label_slice(id))::float8 < 1 as high, label_slice('019ab8f4-0000-7000-8000-000000000000')::text as one
      from (select gen_random_uuid() as id from generate_series(1, 10000)) ids`);
    // 500 of a binomial 10,000 x 0.05 whose standard deviation is 21.8: five of them either side.
    expect(Number(row?.n)).toBeGreaterThan(391);
    expect(Number(row?.n)).toBeLessThan(609);
    // 0x19f65d72 / 2^32, where 19f65d72 begins the SHA-256 of those 16 bytes (sha256sum).
    expect(row).toMatchObject({ low: true, high: true, one: "0.10141548188403249" });
  });

  test("a text is handed to one agent at a time, the oldest first, and to the same one again until it is labelled", async () => {
    const [newer, older] = [await predict({}, 1), await predict({}, 2)];
    await predict({}, 31);
    const next = takeNextLabel(database, { share: 1 });
    expect(await next("ana")).toMatchObject({ predictionId: older, text: examplePrediction.text });
    expect(await next("ana")).toMatchObject({ predictionId: older });
    expect(await next("ben")).toMatchObject({ predictionId: newer });
    expect(await next("eve")).toBeNull();
    expect(Object.keys((await next("ana"))!).sort()).toEqual([
      "createdAt",
      "expiresAt",
      "language",
      "predictionId",
      "text",
    ]);
    await run(sql`update label_assignments set expires_at = now() where author = 'ana'`);
    expect(await next("eve")).toMatchObject({ predictionId: older });
    expect(await takeNextLabel(database, { share: 0 })("zoe")).toBeNull();
  });

  test("agents who ask at once get different texts", async () => {
    for (let text = 0; text < 6; text += 1) await predict();
    const next = takeNextLabel(database, { share: 1 });
    const tasks = await Promise.all(["a", "b", "c", "d", "e", "f"].map((author) => next(author)));
    expect(new Set(tasks.map((task) => task?.predictionId)).size).toBe(6);
  });

  test("a blind label is taken from the agent who was asked alone, kept apart, and the newest counts", async () => {
    const id = await predict();
    const record = recordLabel(database);
    const label = {
      predictionId: id,
      queue: security!,
      urgency: null,
      author: "ana",
      role: "agent",
    } as const;
    expect(await record(label)).toBe("not_assigned");
    await takeNextLabel(database, { share: 1 })("ana");
    expect(await record({ ...label, author: "ben" })).toBe("not_assigned");
    expect(await record({ ...label, predictionId: newId() })).toBe("unknown_prediction");
    expect(await record(label)).toBe("created");
    expect(await record(label)).toBe("duplicate");
    expect(await record({ ...label, queue: hardware! })).toBe("created");
    expect(await trusted()).toMatchObject([{ source: "blind", queue: hardware, author: "ana" }]);
    await say("ben", id, { correctQueue: hardware });
    expect(await trusted()).toMatchObject([{ source: "blind" }, { source: "feedback" }]);
    expect(await takeNextLabel(database, { share: 1 })("eve")).toBeNull();
  });

  test("an agent who cannot tell says so: nobody is asked again, and it is no label", async () => {
    const id = await predict();
    await takeNextLabel(database, { share: 1 })("ana");
    await recordLabel(database)({
      predictionId: id,
      queue: null,
      urgency: null,
      author: "ana",
      role: "agent",
    });
    expect(await takeNextLabel(database, { share: 1 })("ben")).toBeNull();
    expect(await statuses()).toEqual({});
  });

  test("live performance is counted by hand: precision, recall, overrides and hand-offs of old enough predictions", async () => {
    const blind = async (predicted: string, labelled: string) => {
      const id = await predict({ predictedQueue: predicted, modelVersion: "2" }, 10);
      await takeNextLabel(database, { share: 1 })("ana");
      await recordLabel(database)({
        predictionId: id,
        queue: labelled,
        urgency: null,
        author: "ana",
        role: "agent",
      });
    };
    for (const [predicted, labelled] of [
      [network, network],
      [network, network],
      [network, security],
      [security, network],
      [security, network],
    ] as const)
      await blind(predicted!, labelled!);
    const handedOff = { action: "hand_off", handOffReason: "low_confidence", modelVersion: "2" } as const;
    await say("ana", await predict(handedOff, 9), { correctQueue: security });
    await say("ana", await predict({ modelVersion: "2" }, 9), { correctQueue: network });
    await predict({ modelVersion: "1", action: "classify" }, 20);
    await say("ana", await predict({ modelVersion: "3" }, 1), { correctQueue: security });

    const [newest, oldest, ...more] = await measurePerformance(database)({ windowDays: 30, labelLagDays: 3 });
    expect(more).toEqual([]);
    expect(newest).toMatchObject({
      modelVersion: "2",
      predictions: 7,
      overrideRate: { hits: 1, of: 7 },
      handOffRate: { hits: 1, of: 7 },
      blind: {
        accuracy: { hits: 2, of: 5, value: 0.4 },
        queues: [
          { queue: network, precision: { hits: 2, of: 3 }, recall: { hits: 2, of: 4 } },
          { queue: security, precision: { hits: 0, of: 2, value: 0 }, recall: { hits: 0, of: 1 } },
        ],
      },
      feedback: { accuracy: { hits: 1, of: 2 } },
    });
    expect(oldest).toMatchObject({
      modelVersion: "1",
      predictions: 1,
      handOffRate: { value: null, low: 0, high: 1, of: 0 },
      blind: { accuracy: { of: 0 }, queues: [] },
    });
  });

  test("a queue comes from an admin once, and the audit log knows from whom", async () => {
    await run(sql`delete from known_queues`);
    expect(await addQueue(database, "Facilities", "key:boss")).toBe(true);
    expect(await addQueue(database, "Facilities", "key:boss")).toBe(false);
    expect(await run(sql`select actor, action, subject from audit_log`)).toEqual([
      { actor: "key:boss", action: "queue.added", subject: "Facilities" },
    ]);
  });
});
