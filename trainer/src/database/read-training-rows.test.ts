// What a snapshot takes out of the database, by each driver.
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { snapshot } from "../stages/snapshot/snapshot.ts";
import { readLabelledTickets } from "./read-labelled-tickets.ts";
import { readTrustedFeedback } from "./read-trusted-feedback.ts";

describe.each(["pglite", "node-postgres", "neon-http", "neon-websocket"] as const)("%s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });
  afterAll(() => close());
  beforeEach(async () => {
    await database.rows(
      sql`truncate tickets, feedback, blind_labels, label_verdicts, prediction_logs, api_keys cascade`,
    );
  });

  test("tickets with a label come with their source and time, whatever order they went in", async () => {
    await putTickets(database, [
      { source: "glpi", external_id: "9", queue: "Mail", occurred_at: "2026-01-31T13:00:00+01:00" },
      { source: "glpi", external_id: "10", urgency: "high" },
      { source: "csv", external_id: "9", queue: "Print", urgency: "low" },
      { source: "csv", external_id: "8" },
    ]);
    const rows = await readLabelledTickets(database);
    expect(rows.map(({ id, createdAt, labels }) => ({ id, createdAt, labels }))).toEqual([
      { id: "ticket:csv:9", createdAt: null, labels: { inScope: true, queue: "Print", urgency: "low" } },
      { id: "ticket:glpi:10", createdAt: null, labels: { inScope: true, queue: null, urgency: "high" } },
      {
        id: "ticket:glpi:9",
        createdAt: "2026-01-31T12:00:00.000Z",
        labels: { inScope: true, queue: "Mail", urgency: null },
      },
    ]);
  });

  test("no ticket is lost or doubled between two pages", async () => {
    await putTickets(
      database,
      Array.from({ length: 4_001 }, (_, i) => ({ source: `s${i % 3}`, external_id: `${i}`, queue: "Mail" })),
    );
    const ids = (await readLabelledTickets(database)).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([4_001, 4_001]);
  });

  test("what an agent corrected is a row, with the text and the time of the question", async () => {
    const [first, second] = [await predict(database, "one"), await predict(database, "two")];
    const ana = await makeKey(database);
    await say(database, first, { author: ana, correct_queue: "Print" });
    await say(database, second, {
      author: await makeKey(database),
      role: "requester",
      correct_queue: "Mail",
    });
    await say(database, second, { role: "unknown", correct_queue: "Mail" });
    await say(database, second, { author: ana, helpful: true });
    expect(await readTrustedFeedback(database)).toEqual({
      rows: [
        {
          id: `feedback:${first}`,
          subject: "",
          body: "one",
          language: "en",
          source: "feedback",
          createdAt: "2026-02-01T08:00:00.000Z",
          labels: { inScope: true, queue: "Print", urgency: null },
        },
      ],
      blind: [],
      contradicted: 0,
      labelledBlind: 0,
    });
  });

  test("of one person the newest word counts, of two who disagree neither's", async () => {
    const [ana, ben] = [await makeKey(database), await makeKey(database)];
    const changed = await predict(database, "changed");
    await say(database, changed, { author: ana, correct_queue: "Mail", day: 1 });
    await say(database, changed, { author: ana, correct_queue: "Print", day: 2 });
    await say(database, changed, { author: ana, correct_urgency: "high", day: 3 });
    const disputed = await predict(database, "disputed");
    await say(database, disputed, { author: ana, correct_queue: "Mail" });
    await say(database, disputed, { author: ben, role: "admin", correct_queue: "Print" });
    const halfDisputed = await predict(database, "half disputed");
    await say(database, halfDisputed, { author: ana, correct_queue: "Mail", correct_urgency: "low" });
    await say(database, halfDisputed, { author: ben, correct_queue: "Print", correct_urgency: "low" });
    const agreed = await predict(database, "agreed");
    await say(database, agreed, { author: ana, correct_queue: "Mail" });
    await say(database, agreed, { author: ben, correct_queue: "Mail" });
    expect(await readLabels(database)).toEqual({
      labels: {
        changed: { inScope: true, queue: "Print", urgency: "high" },
        "half disputed": { inScope: true, queue: null, urgency: "low" },
        agreed: { inScope: true, queue: "Mail", urgency: null },
      },
      contradicted: 1,
      labelledBlind: 0,
    });
  });

  test("a blind label trains nothing, and neither does what else was said of its prediction", async () => {
    const [ana, ben] = [await makeKey(database), await makeKey(database)];
    const [drawn, other] = [await predict(database, "drawn"), await predict(database, "other")];
    await labelBlind(database, drawn, { author: ana, queue: "Print" });
    await say(database, drawn, { author: ben, correct_queue: "Print" });
    await say(database, other, { author: ben, correct_queue: "Print" });
    const untold = await predict(database, "untold");
    await labelBlind(database, untold, { author: ana });
    await say(database, untold, { author: ben, correct_urgency: "high" });
    expect(await readLabels(database)).toEqual({
      labels: {
        other: { inScope: true, queue: "Print", urgency: null },
        untold: { inScope: true, queue: null, urgency: "high" },
      },
      contradicted: 0,
      labelledBlind: 1,
    });
    expect((await readTrustedFeedback(database)).blind).toEqual([
      {
        id: `blind:${drawn}`,
        subject: "",
        body: "drawn",
        language: "en",
        source: "blind",
        createdAt: "2026-02-01T08:00:00.000Z",
        labels: { inScope: true, queue: "Print", urgency: null },
      },
    ]);
  });

  test("what an admin rejected, a revoked key's word and a burst are left out; what an admin accepted is not", async () => {
    const [ana, eve, bot] = [await makeKey(database), await makeKey(database), await makeKey(database)];
    await say(database, await predict(database, "kept"), { author: ana, correct_queue: "Print" });
    const rejected = await say(database, await predict(database, "rejected"), {
      author: ana,
      correct_queue: "Print",
    });
    await decide(database, rejected, "rejected");
    await say(database, await predict(database, "distrusted"), { author: eve, correct_queue: "Print" });
    await database.rows(sql`update api_keys set labels_distrusted = true where id = ${eve}::uuid`);
    const burst: string[] = [];
    for (let label = 0; label < 31; label += 1)
      burst.push(
        await say(database, await predict(database, `burst ${label}`), {
          author: bot,
          correct_urgency: "high",
        }),
      );
    await decide(database, burst[7]!, "accepted");
    expect(Object.keys((await readLabels(database)).labels).sort()).toEqual(["burst 7", "kept"]);
  });

  test("the same rows give the same bytes, in whatever order they were stored", async () => {
    const folder = await mkdtemp(join(tmpdir(), "snapshot-db-"));
    const tickets = Array.from({ length: 60 }, (_, i) => ({
      source: "glpi",
      external_id: `${i}`,
      body: `a${i}x b${i}x c${i}x`,
      queue: i % 2 ? "Mail" : "Print",
      urgency: ["low", "medium", "high"][Math.floor(i / 2) % 3],
      occurred_at: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
    }));
    const take = async (name: string) => {
      const outFolder = join(folder, name);
      const params = {
        seed: 1,
        snapshot: {
          near_duplicate_cosine: 0.45,
          shares: { train: 0.5, calibration: 0.25, holdout: 0.25 },
          recent: { share: 0.2, min_rows: 5 },
          min_rows_per_class: 4,
          out_of_scope: "data/starter/tickets/out-of-scope.jsonl",
        },
      };
      await snapshot({ dataSet: "current", database, outFolder, params, log: () => {} });
      const names = ["rows.jsonl", "set-aside.jsonl", "snapshot.json", "blind.jsonl"];
      return Promise.all(names.map((file) => readFile(join(outFolder, file), "utf8")));
    };
    const [ana, ben] = [await makeKey(database), await makeKey(database)];
    for (const text of ["k1 k2 k3", "l1 l2 l3"])
      await say(database, await predict(database, text), { author: ana, correct_queue: "Print" });
    const disputed = await predict(database, "m1 m2 m3");
    await say(database, disputed, { author: ana, correct_queue: "Print" });
    await say(database, disputed, { author: ben, correct_queue: "Mail" });
    for (const text of ["n1 n2 n3", "o1 o2 o3"])
      await labelBlind(database, await predict(database, text), { author: ana, queue: "Mail" });
    // Near to a ticket that trains: it may not measure.
    await labelBlind(database, await predict(database, "a0x b0x c0x"), { author: ana, queue: "Mail" });
    await putTickets(database, tickets);
    const first = await take("one");
    await database.rows(sql`truncate tickets cascade`);
    await putTickets(database, tickets.toReversed());
    expect(await take("two")).toEqual(first);
    expect(JSON.parse(first[2] ?? "")).toMatchObject({
      splits: { recent: 13 },
      sources: { glpi: 60, feedback: 2, "out-of-scope": expect.any(Number) },
      left_out: { contradicted_feedback: 1 },
      blind: { labelled: 3, rows: 2, near_trained: 1, rare_queue: 0 },
      time: { recent_from: "2026-02-17T00:00:00.000Z", rows_with_time: 62 },
    });
    const texts = (first[3] ?? "").trim().split("\n");
    expect(texts.map((line) => JSON.parse(line).text).sort()).toEqual(["n1 n2 n3", "o1 o2 o3"]);
    await rm(folder, { recursive: true });
  });
});

async function putTickets(database: Database, tickets: readonly object[]): Promise<void> {
  const rows = tickets.map((ticket) => ({
    id: randomUUID(),
    subject: "",
    body: "text",
    language: "en",
    ...ticket,
  }));
  await database.rows(
    sql`insert into tickets (id, source, external_id, subject, body, queue, urgency, language, occurred_at)
      select id, source, external_id, subject, body, queue, urgency, language, occurred_at
      from jsonb_populate_recordset(null::tickets, ${JSON.stringify(rows)}::jsonb)`,
  );
}

async function predict(database: Database, text: string): Promise<string> {
  const id = randomUUID();
  await database.rows(
    sql`insert into prediction_logs (id, route, text, language, numeric_features, embedder, predicted_queue,
        predicted_urgency, queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action,
        sources, degraded, stage_ms, latency_ms, created_at)
      values (${id}::uuid, '/ask', ${text}, 'en', '{}', 'maker', 'Mail', 'low', '{}', '{}', 0, 'v', 'answer', '[]', '{}',
        '{}', 1, '2026-02-01T08:00:00Z')`,
  );
  return id;
}

type Said = {
  /** Id of a key; none for somebody who has none. */
  readonly author?: string;
  readonly role?: "agent" | "admin" | "requester" | "unknown";
  readonly correct_queue?: string;
  readonly correct_urgency?: string;
  readonly helpful?: boolean;
  /** Of February. */
  readonly day?: number;
};

/** A row as POST /feedback writes it; its id. */
async function say(database: Database, predictionId: string, said: Said): Promise<string> {
  const id = randomUUID();
  await database.rows(
    sql`insert into feedback (id, prediction_id, model_version, correct_queue, correct_urgency, helpful, author, role,
        fingerprint, created_at)
      values (${id}::uuid, ${predictionId}::uuid, 'v', ${said.correct_queue ?? null}::text,
        ${said.correct_urgency ?? null}::text, ${said.helpful ?? null}::boolean, ${said.author ?? null}::text,
        ${said.role ?? "agent"}, ${randomUUID()},
        ${`2026-02-${String(said.day ?? 1).padStart(2, "0")}T09:00:00Z`}::timestamptz)`,
  );
  return id;
}

/** A row as POST /labels writes it. Without a queue its author could not tell. */
async function labelBlind(
  database: Database,
  predictionId: string,
  { author, queue = null }: { readonly author: string; readonly queue?: string | null },
): Promise<void> {
  await database.rows(
    sql`insert into blind_labels (id, prediction_id, model_version, queue, author, role)
      values (${randomUUID()}::uuid, ${predictionId}::uuid, 'v', ${queue}::text, ${author}, 'agent')`,
  );
}

/** The id of a new agent's key: the author of what is said with it. */
async function makeKey(database: Database): Promise<string> {
  const id = randomUUID();
  await database.rows(
    sql`insert into api_keys (id, name, prefix, key_hash, scopes) values (${id}::uuid, 'Agent', ${id}, ${id}, '{agent}')`,
  );
  return id;
}

/** An admin's verdict, as PUT /labels/{id}/verdict writes it. */
async function decide(database: Database, labelId: string, verdict: "accepted" | "rejected"): Promise<void> {
  await database.rows(
    sql`insert into label_verdicts (id, label_id, verdict, actor)
      values (${randomUUID()}::uuid, ${labelId}::uuid, ${verdict}, 'key:boss')`,
  );
}

/** The labels by text, and what was counted. */
async function readLabels(database: Database) {
  const { rows, blind: _blind, ...counts } = await readTrustedFeedback(database);
  return { labels: Object.fromEntries(rows.map(({ body, labels }) => [body, labels])), ...counts };
}
