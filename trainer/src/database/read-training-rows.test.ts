// What a snapshot takes out of the database, by each driver.
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { migrate } from "@support-it-agent/shared/node/database/migrate";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database/create-test-database.ts";
import { openThrough } from "../../../test/database/open-through.ts";
import { type NeonRelay, startNeonRelay } from "../../../test/database/start-neon-relay.ts";
import { snapshot } from "../stages/snapshot/snapshot.ts";
import { readLabelledTickets } from "./read-labelled-tickets.ts";
import { readTrustedFeedback } from "./read-trusted-feedback.ts";

describe.each(["pglite", "node-postgres", "neon-http", "neon-websocket"] as const)("%s", (driver) => {
  let database: Database;
  let relay: NeonRelay | undefined;
  beforeAll(async () => {
    if (driver === "pglite") {
      database = await openPglite();
      await migrate(database);
      return;
    }
    const url = await createTestDatabase();
    relay = await startNeonRelay();
    database = openThrough(driver, url, relay);
  });
  afterAll(async () => {
    await database.close();
    await relay?.stop();
  });
  beforeEach(async () => {
    await database.rows(sql`truncate tickets, feedback, prediction_logs cascade`);
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

  test("agents and admins are trusted, and nobody else", async () => {
    const [first, second] = [await predict(database, "one"), await predict(database, "two")];
    await say(database, first, { author: "ann", role: "agent", correct_queue: "Mail" });
    await say(database, second, { author: "eve", role: "requester", correct_queue: "Mail" });
    await say(database, second, { role: "unknown", correct_queue: "Mail" });
    await say(database, second, { author: "bo", role: "admin", helpful: true });
    expect(await readTrustedFeedback(database)).toEqual({
      rows: [
        {
          id: `feedback:${first}`,
          subject: "",
          body: "one",
          language: "en",
          source: "feedback",
          createdAt: "2026-02-01T08:00:00.000Z",
          labels: { inScope: true, queue: "Mail", urgency: null },
        },
      ],
      contradicted: 0,
    });
  });

  test("of one person the newest word counts, of two who disagree neither's", async () => {
    const changed = await predict(database, "changed");
    await say(database, changed, { author: "ann", role: "agent", correct_queue: "Mail", day: 1 });
    await say(database, changed, { author: "ann", role: "agent", correct_queue: "Print", day: 2 });
    await say(database, changed, { author: "ann", role: "agent", correct_urgency: "high", day: 3 });
    const disputed = await predict(database, "disputed");
    await say(database, disputed, {
      author: "ann",
      role: "agent",
      correct_queue: "Mail",
      correct_urgency: "low",
    });
    await say(database, disputed, {
      author: "bo",
      role: "admin",
      correct_queue: "Print",
      correct_urgency: "low",
    });
    const agreed = await predict(database, "agreed");
    await say(database, agreed, { author: "ann", role: "agent", correct_queue: "Mail" });
    await say(database, agreed, { author: "bo", role: "agent", correct_queue: "Mail" });
    const { rows, contradicted } = await readTrustedFeedback(database);
    expect(Object.fromEntries(rows.map(({ body, labels }) => [body, labels]))).toEqual({
      changed: { inScope: true, queue: "Print", urgency: "high" },
      disputed: { inScope: true, queue: null, urgency: "low" },
      agreed: { inScope: true, queue: "Mail", urgency: null },
    });
    expect(contradicted).toBe(1);
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
      const names = ["rows.jsonl", "set-aside.jsonl", "snapshot.json"];
      return Promise.all(names.map((file) => readFile(join(outFolder, file), "utf8")));
    };
    await putTickets(database, tickets);
    const first = await take("one");
    await database.rows(sql`truncate tickets cascade`);
    await putTickets(database, tickets.toReversed());
    expect(await take("two")).toEqual(first);
    expect(JSON.parse(first[2] ?? "")).toMatchObject({
      splits: { recent: 12 },
      time: { recent_from: "2026-02-18T00:00:00.000Z", rows_with_time: 60 },
    });
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
  readonly author?: string;
  readonly role: string;
  readonly correct_queue?: string;
  readonly correct_urgency?: string;
  readonly helpful?: boolean;
  /** Of February. */
  readonly day?: number;
};

async function say(database: Database, predictionId: string, said: Said): Promise<void> {
  await database.rows(
    sql`insert into feedback (id, prediction_id, model_version, correct_queue, correct_urgency, helpful, author, role,
        fingerprint, created_at)
      values (${randomUUID()}::uuid, ${predictionId}::uuid, 'v', ${said.correct_queue ?? null}::text,
        ${said.correct_urgency ?? null}::text, ${said.helpful ?? null}::boolean, ${said.author ?? null}::text, ${said.role},
        ${randomUUID()}, ${`2026-02-${String(said.day ?? 1).padStart(2, "0")}T09:00:00Z`}::timestamptz)`,
  );
}
