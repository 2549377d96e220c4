import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey } from "../../api/src/auth/create-key.ts";
import type { Scope } from "../../api/src/auth/scopes.ts";
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { examplePrediction } from "../database/example-prediction.ts";
import { createRealApp, type RealApp } from "./create-real-app.ts";

let database: Database;
let real: RealApp;
const keys: Record<string, { key: string; id: string; prefix: string }> = {};

type Init = { method?: string; key?: string | null; headers?: Record<string, string>; body?: unknown };

async function call(path: string, { method, key = null, headers = {}, body }: Init = {}) {
  const response = await real.app.request(path, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

const rows = (statement: ReturnType<typeof sql>) => database.rows(statement);

beforeAll(async () => {
  database = openNodePostgres({ url: await createTestDatabase() });
  real = await createRealApp(database);
});

afterAll(async () => {
  await real.close();
  await database.close();
});

describe("before any key exists", () => {
  test("this machine may do everything, the first key included, and what it says of predictions trains nothing", async () => {
    const ticket = {
      id: "INC-1",
      subject: "VPN blocked",
      body: "The VPN refuses my password since this morning.",
      answer: "The password had expired: changed it in the portal, restarted the VPN client.",
      queue: "Network / Infrastructure",
    };
    expect((await call("/tickets", { body: ticket })).status).toBe(200);
    const asked = await call("/ask", { body: { question: "The VPN refuses my password" } });
    expect(asked.body.similar_tickets).toMatchObject([{ subject: "VPN blocked" }]);
    const said = { prediction_id: asked.body.prediction_id, correct_queue: "Security / Access" };
    expect((await call("/feedback", { body: said })).status).toBe(201);
    expect(await rows(sql`select author, role from feedback`)).toEqual([{ author: null, role: "unknown" }]);
    expect(await rows(sql`select caller from prediction_logs`)).toEqual([{ caller: null }]);
    expect((await call("/metrics")).status).toBe(200);
  });

  test("a label needs somebody who gave it", async () => {
    expect(await call("/labels/next")).toMatchObject({ status: 401, body: { code: "key_required" } });
  });

  test("a request that names another host needs a key, and so would a page that somebody's DNS points here", async () => {
    const response = await call("http://rebound.example/documents");
    expect(response).toMatchObject({ status: 401, body: { code: "key_required" } });
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="support-it-agent"');
  });

  test("what a proxy passes on needs a key, whichever way the proxy says so", async () => {
    for (const headers of [
      { "x-forwarded-for": "192.0.2.1" },
      { forwarded: "for=192.0.2.1" },
      { via: "1.1 proxy" },
    ])
      expect(await call("/model", { headers }), JSON.stringify(headers)).toMatchObject({ status: 401 });
  });

  test("an admin's key is made over HTTP, shown once, and stored as its hash", async () => {
    const created = await call("/keys", { body: { name: "Boss", scopes: ["admin"], expires_in_days: 90 } });
    expect(created.status).toBe(201);
    expect(created.headers.get("cache-control")).toBe("no-store");
    keys.admin = created.body;
    const stored = JSON.stringify(await rows(sql`select * from api_keys, audit_log`));
    expect(created.body.key).toMatch(/^sia_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/);
    expect(stored).not.toContain(created.body.key);
    expect(stored).toContain(created.body.prefix);
    expect(await rows(sql`select actor, action, subject from audit_log`)).toEqual([
      { actor: "local", action: "key.created", subject: created.body.prefix },
    ]);
  });
});

describe("once a key exists", () => {
  beforeAll(async () => {
    const make = async (name: string, scopes: readonly Scope[]) => {
      keys[name] = await createKey(database, { name, scopes, expiresAt: null }, "local:test");
    };
    await make("agent", ["agent"]);
    await make("requester", ["ask", "feedback"]);
    await make("monitor", ["monitor"]);
    await make("knowledge", ["knowledge"]);
  });

  test("this machine needs one as well, everywhere but for the probes, the pages and the description", async () => {
    for (const path of ["/livez", "/readyz", "/version", "/openapi.json", "/docs", "/", "/assets/help.js"])
      expect((await call(path)).status, path).toBe(200);
    for (const path of ["/model", "/metrics", "/documents", "/queues", "/keys", "/monitoring/drift"])
      expect(await call(path), path).toMatchObject({ status: 401, body: { code: "key_required" } });
    expect(await call("/ask", { body: { question: "VPN" } })).toMatchObject({ status: 401 });
  });

  test("a key goes as Bearer or as X-API-Key; another kind of Authorization is passed over", async () => {
    const { key } = keys.requester!;
    expect((await call("/model", { key })).status).toBe(200);
    expect((await call("/model", { headers: { "x-api-key": key } })).status).toBe(200);
    const basic = { authorization: "Basic eA==" };
    expect((await call("/model", { headers: { ...basic, "x-api-key": key } })).status).toBe(200);
    expect((await call("/model", { headers: basic })).body.code).toBe("key_required");
  });

  test("a wrong key is 401 and stands nowhere in the log, a right one is named by its id", async () => {
    const wrong = `sia_aaaaaaaa_${"Q".repeat(43)}`;
    const response = await call("/model", { key: wrong });
    expect(response).toMatchObject({ status: 401, body: { code: "invalid_key" } });
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    await call("/model", { key: keys.agent!.key });
    const log = real.lines.join("\n");
    expect(log).not.toContain("QQQQ");
    expect(log).not.toContain(keys.agent!.key);
    expect(real.lines.at(-1)).toContain(`"key":"${keys.agent!.id}"`);
  });

  test.each([
    ["requester", "/documents", 403],
    ["requester", "/monitoring/drift", 403],
    ["requester", "/labels/next", 403],
    ["requester", "/keys", 403],
    ["requester", "/metrics", 403],
    ["agent", "/documents", 200],
    ["agent", "/keys", 403],
    ["agent", "/monitoring/drift", 403],
    ["knowledge", "/documents", 200],
    ["knowledge", "/labels/next", 403],
    ["monitor", "/monitoring/drift", 200],
    ["monitor", "/metrics", 200],
    ["monitor", "/labels", 200],
    ["monitor", "/documents", 403],
    ["admin", "/documents", 200],
    ["admin", "/keys", 200],
    ["admin", "/monitoring/performance", 200],
  ])("the %s's key on GET %s is %i", async (name, path, status) => {
    const response = await call(path, { key: keys[name]!.key });
    expect(response.status).toBe(status);
    if (status !== 403) return;
    expect(response.body.code).toBe("insufficient_scope");
    expect(response.headers.get("www-authenticate")).toContain('error="insufficient_scope", scope="');
  });

  test("other people's tickets are an agent's to see: requesters get no similar ones, no source and no quote of them", async () => {
    const question = { question: "The VPN refuses my password since this morning" };
    for (const name of ["agent", "admin"]) {
      const { body } = await call("/ask", { key: keys[name]!.key, body: question });
      expect(body.similar_tickets, name).toMatchObject([{ subject: "VPN blocked" }]);
    }
    const { key } = keys.requester!;
    const asked = await call("/ask", { key, body: question });
    expect(asked.status).toBe(200);
    expect(asked.text).not.toMatch(/INC-1|expired|VPN blocked/);
    expect(asked.body).toMatchObject({ similar_tickets: [], sources: [] });
    const streamed = await call("/ask", { key, body: { ...question, stream: true } });
    expect(streamed.text).toContain("event: done");
    expect(streamed.text).not.toMatch(/INC-1|expired|VPN blocked/);
    const search = { query: "VPN password" };
    expect((await call("/search", { key: keys.agent!.key, body: search })).body.results).toHaveLength(1);
    expect((await call("/search", { key, body: search })).body.results).toEqual([]);
    expect(await call("/search", { key, body: { ...search, kinds: ["ticket"] } })).toMatchObject({
      status: 403,
    });
    const path = `/predictions/${asked.body.prediction_id}`;
    expect((await call(path, { key })).status).toBe(403);
    expect((await call(path, { key: keys.agent!.key })).status).toBe(200);
  });

  test("a prediction is logged with the id of the key that asked, whichever route it came by", async () => {
    const { agent, requester } = keys;
    const asked = await call("/ask", { key: requester!.key, body: { question: "VPN" } });
    const body = { texts: ["The printer jams"], record: true };
    const classified = await call("/classify", { key: agent!.key, body });
    const callerOf = async (id: string) =>
      (await rows(sql`select caller from prediction_logs where id = ${id}::uuid`))[0]?.caller;
    expect(await callerOf(asked.body.prediction_id)).toBe(requester!.id);
    expect(await callerOf(classified.body.results[0].prediction_id)).toBe(agent!.id);
  });

  test("feedback knows who said it and what they are to the desk; an agent's may name a queue that no model has", async () => {
    const predictionId = await recordPrediction(database)(examplePrediction);
    const said = { prediction_id: predictionId, correct_queue: "Facilities" };
    const { key } = keys.agent!;
    expect(await call("/feedback", { key, body: said })).toMatchObject({ body: { code: "unknown_label" } });
    expect((await call("/queues", { key, body: { name: "Facilities" } })).status).toBe(403);
    const admin = keys.admin!.key;
    expect((await call("/queues", { key: admin, body: { name: " Facilities " } })).status).toBe(201);
    expect((await call("/queues", { key: admin, body: { name: "Facilities" } })).body.status).toBe("known");
    expect((await call("/queues", { key })).body.queues.at(-1)).toBe("Facilities");
    expect((await call("/feedback", { key, body: said })).status).toBe(201);
    expect((await call("/feedback", { key: keys.requester!.key, body: said })).status).toBe(201);
    expect(
      await rows(
        sql`select author, role from feedback where prediction_id = ${predictionId}::uuid order by role`,
      ),
    ).toEqual([
      { author: keys.agent!.id, role: "agent" },
      { author: keys.requester!.id, role: "requester" },
    ]);
    expect(await rows(sql`select queue, author from trusted_labels`)).toEqual([
      { queue: "Facilities", author: keys.agent!.id },
    ]);
  });

  test("an agent takes a text, sees no prediction, labels it, and cannot label what was not handed out", async () => {
    const { key } = keys.agent!;
    const task = await call("/labels/next", { key });
    expect(task.status).toBe(200);
    expect(task.text).not.toMatch(/predict(?!ion_id)|confidence|probab|model/);
    const label = { prediction_id: task.body.prediction_id, queue: "Security / Access", urgency: "low" };
    expect((await call("/labels", { key, body: label })).status).toBe(201);
    expect((await call("/labels", { key, body: label })).status).toBe(200);
    expect((await call("/labels", { key: keys.admin!.key, body: label })).body.code).toBe(
      "label_not_assigned",
    );
    expect((await call("/labels", { key, body: { ...label, queue: "Nowhere" } })).body.code).toBe(
      "unknown_label",
    );
    const unknown = { ...label, prediction_id: newId() };
    expect((await call("/labels", { key, body: unknown })).body.code).toBe("prediction_not_found");
    const listed = await call("/labels?status=trusted", { key: keys.monitor!.key });
    expect(listed.body.labels[0]).toMatchObject({
      source: "blind",
      author: keys.agent!.id,
      status: "trusted",
    });
    const verdict = { method: "PUT", key: keys.admin!.key, body: { verdict: "rejected" } };
    expect((await call(`/labels/${listed.body.labels[0].id}/verdict`, verdict)).status).toBe(200);
    expect((await call(`/labels/${newId()}/verdict`, verdict)).body.code).toBe("label_not_found");
  });

  test("nothing is left to label: 204", async () => {
    await rows(sql`delete from label_assignments`);
    await rows(sql`update prediction_logs set created_at = now() - interval '40 days'`);
    expect(await call("/labels/next", { key: keys.agent!.key })).toMatchObject({ status: 204, text: "" });
  });

  test("a key that is revoked through this server is refused with its next request, and the audit log knows by whom", async () => {
    const { key: admin, id } = keys.admin!;
    const made = (await call("/keys", { key: admin, body: { name: "Temp", scopes: ["ask"] } })).body;
    expect((await call("/model", { key: made.key })).status).toBe(200);
    const revoked = await call(`/keys/${made.prefix}?distrust_labels=true`, { method: "DELETE", key: admin });
    expect(revoked.body).toMatchObject({ prefix: made.prefix, labels_distrusted: true });
    expect(revoked.body.revoked_at).toMatch(/^\d{4}-.*Z$/);
    expect((await call("/model", { key: made.key })).body.code).toBe("invalid_key");
    const unknown = await call("/keys/sia_zzzzzzzz", { method: "DELETE", key: admin });
    expect(unknown.body.code).toBe("key_not_found");
    const listed = (await call("/keys", { key: admin })).text;
    expect(listed).toContain(made.prefix);
    expect(listed).not.toContain(made.key);
    expect(
      await rows(sql`select actor, action from audit_log where subject = ${made.prefix} order by id`),
    ).toEqual([
      { actor: `key:${id}`, action: "key.created" },
      { actor: `key:${id}`, action: "key.revoked" },
    ]);
  });
});

describe("monitoring", () => {
  const read = (path: string, headers = {}) => call(path, { key: keys.monitor!.key, headers });

  test("empty tables give empty lists, and no report is a 404 of its own", async () => {
    await rows(
      sql`truncate feedback, blind_labels, label_assignments, prediction_logs, model_deployments cascade`,
    );
    const empty = { next_cursor: null };
    expect((await read("/monitoring/drift")).body).toEqual({ ...empty, reports: [] });
    expect((await read("/monitoring/decisions")).body).toEqual({ ...empty, decisions: [] });
    expect((await read("/monitoring/deployments")).body).toEqual({ ...empty, deployments: [] });
    expect((await read("/monitoring/cycles")).body).toEqual({ ...empty, cycles: [] });
    expect((await read("/monitoring/performance")).body.models).toEqual([]);
    for (const id of ["latest", newId()])
      expect(await read(`/monitoring/drift/${id}`)).toMatchObject({
        status: 404,
        body: { code: "report_not_found" },
      });
  });

  test("reports and decisions come newest first, a page at a time; the page of a report runs nothing", async () => {
    const ids = [newId(), newId(), newId()];
    for (const [index, id] of ids.entries()) {
      await rows(sql`insert into drift_reports (id, mode, model_version, window_start, window_end, row_count, report, page, created_at)
        values (${id}::uuid, 'calibrated', '1', '2026-11-01Z', '2026-11-08Z', ${index}::int, '{"share":0.5}'::jsonb,
          ${index === 2 ? "<!doctype html><script>alert(1)</script>" : null}, timestamptz '2026-11-09Z' + make_interval(hours => ${index}::int))`);
      await rows(sql`insert into training_decisions (id, reason_code, model_version, drift_report_id, decision)
        values (${newId()}::uuid, 'stable', '1', ${id}::uuid, '{"cost":0}'::jsonb)`);
    }
    const first = (await read("/monitoring/drift?limit=2")).body;
    expect(first.reports.map((report: { id: string }) => report.id)).toEqual([ids[2], ids[1]]);
    expect(first.reports[0]).toMatchObject({
      has_page: true,
      window_end: "2026-11-08T00:00:00.000Z",
      row_count: 2,
    });
    const second = (await read(`/monitoring/drift?limit=2&cursor=${first.next_cursor}`)).body;
    expect(second).toMatchObject({ reports: [{ id: ids[0] }], next_cursor: null });
    expect((await read("/monitoring/drift/latest")).body).toMatchObject({
      id: ids[2],
      report: { share: 0.5 },
    });
    expect((await read("/monitoring/decisions?limit=1")).body.decisions).toMatchObject([
      { drift_report_id: ids[2], decision: { cost: 0 } },
    ]);
    const page = await read("/monitoring/drift/latest", { accept: "text/html,*/*" });
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
    expect(page.headers.get("content-security-policy")).not.toContain("script-src");
    expect(page.text).toContain("<!doctype html>");
    const none = await read(`/monitoring/drift/${ids[0]}`, { accept: "text/html" });
    expect(none.headers.get("content-type")).toBe("application/json");
  });

  test("trainings come newest first, with the candidate as far as its stages got, and no folder of the trainer's", async () => {
    const [older, newer] = [newId(), newId()];
    const facts = {
      train: { bundleVersion: "2", bundleHash: "22", folder: "/scratch/clone" },
      publish: { commit: "9f2c" },
      confirm: { servedSince: "2026-11-09T08:00:00.000Z" },
    };
    await rows(sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, attempts, facts, outcome, started_at, ended_at)
      values (${older}::uuid, 'current', 'drift', '11', 'ended', 0, ${JSON.stringify(facts)}::jsonb, 'rolled_back',
          '2026-11-09 06:00Z', '2026-11-10 06:00Z'),
        (${newer}::uuid, 'current', 'asked', '11', 'train', 2, '{}', null, '2026-11-11 06:00Z', null)`);
    const first = await read("/monitoring/cycles?limit=1");
    expect(first.body.cycles).toMatchObject([
      {
        id: newer,
        stage: "train",
        attempts: 2,
        outcome: null,
        model_version: null,
        commit: null,
        ended_at: null,
      },
    ]);
    const second = await read(`/monitoring/cycles?limit=1&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({
      cycles: [
        {
          id: older,
          trigger: "drift",
          serving_hash: "11",
          outcome: "rolled_back",
          model_version: "2",
          bundle_hash: "22",
          commit: "9f2c",
          served_since: "2026-11-09T08:00:00.000Z",
          started_at: "2026-11-09T06:00:00.000Z",
          ended_at: "2026-11-10T06:00:00.000Z",
        },
      ],
      next_cursor: null,
    });
    expect(second.text).not.toContain("scratch");
    await rows(sql`truncate training_cycles cascade`);
  });

  test("what serves is told once the instance is ready", async () => {
    const fresh = await createRealApp(database);
    expect((await fresh.app.request("/readyz")).status).toBe(200);
    await fresh.close();
    expect((await read("/monitoring/deployments")).body.deployments).toMatchObject([
      { serving: true, ended_at: null },
    ]);
  });
});
