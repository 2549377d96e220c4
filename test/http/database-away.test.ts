import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { type PostgresServer, startPostgres } from "../database/start-postgres.ts";
import { createRealApp, type RealApp } from "./create-real-app.ts";

let server: PostgresServer;
let database: Database;
let real: RealApp;

beforeAll(async () => {
  server = await startPostgres();
  database = openNodePostgres({ url: server.url, connectTimeoutMs: 1_000 });
  await migrate(database);
  real = await createRealApp(database);
  await post("/documents", {
    external_id: "vpn",
    language: "fr",
    title: "Le VPN ne se connecte pas",
    content:
      "## À essayer d'abord\n\n1. Redémarrez le client VPN.\n2. Vérifiez votre connexion Internet sans le VPN.",
  });
});

afterAll(async () => {
  await real.close();
  await database.close();
  await server.end();
});

const post = (path: string, body: unknown) =>
  real.app.request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const ask = async () => {
  const response = await post("/ask", { question: "Mon VPN ne se connecte pas" });
  return { status: response.status, ...(await response.json()) };
};

const statusOf = async (path: string) => (await real.app.request(path)).status;

test("the database goes away and comes back: answers get smaller and say so, readiness stays, nothing is restarted", async () => {
  const before = await ask();
  expect(before).toMatchObject({ status: 200, degraded: [], predicted_queue: "Network / Infrastructure" });
  expect(before.prediction_id).not.toBeNull();
  expect(before.sources.length).toBeGreaterThan(0);
  expect(await statusOf("/readyz")).toBe(200);
  // More than are written at once, and each row is that of its own text.
  const texts = Array.from({ length: 40 }, (_, n) => `Printer number ${n} is jammed`);
  const kept = await (await post("/classify", { texts, record: true })).json();
  expect(kept.degraded).toEqual([]);
  for (const [n, text] of texts.entries()) {
    const row = await (await real.app.request(`/predictions/${kept.results[n].prediction_id}`)).json();
    expect(row).toMatchObject({ text, predicted_queue: kept.results[n].predicted_queue });
  }

  await server.kill9();
  for (let round = 0; round < 3; round += 1) {
    const during = await ask();
    expect(during).toMatchObject({
      status: 200,
      prediction_id: null,
      predicted_queue: "Network / Infrastructure",
      // Not missing_knowledge: nobody could look whether there is some.
      hand_off_reason: "generation_unavailable",
      sources: [],
      degraded: ["database_unavailable"],
    });
    expect(during.response).not.toMatch(/ECONN|error|refused/i);
  }
  const classified = await post("/classify", { texts, record: true });
  expect(await classified.json()).toMatchObject({
    results: texts.map(() => ({ prediction_id: null })),
    degraded: ["database_unavailable"],
  });
  for (const [path, body] of [
    ["/search", { query: "vpn" }],
    ["/feedback", { prediction_id: before.prediction_id, helpful: true }],
    ["/documents", { content: "text" }],
    ["/tickets", { id: "1", body: "text" }],
  ] as const) {
    const response = await post(path, body);
    expect({ path, status: response.status, code: (await response.json()).code }).toEqual({
      path,
      status: 503,
      code: "database_unavailable",
    });
    expect(response.headers.get("retry-after")).toBe("2");
  }
  expect(await statusOf("/readyz")).toBe(200);
  expect(await statusOf("/livez")).toBe(200);

  await server.restart();
  await expect.poll(async () => (await ask()).degraded, { timeout: 15_000 }).toEqual([]);
  expect((await ask()).sources.length).toBeGreaterThan(0);
  expect(await statusOf(`/predictions/${before.prediction_id}`)).toBe(200);
  const told = real.lines.map((line) => JSON.parse(line)).filter(({ msg }) => /^the database is/.test(msg));
  expect(told).toMatchObject([
    { level: "warn", msg: "the database is away", error: [{ name: "DatabaseUnavailableError" }, {}] },
    { level: "info", msg: "the database is back" },
  ]);
});

test("an instance that starts without its database is not ready until it is there, and answers meanwhile", async () => {
  await server.stop();
  const late = openNodePostgres({ url: server.url, connectTimeoutMs: 1_000 });
  const other = await createRealApp(late);
  try {
    const refused = await other.app.request("/readyz");
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "not_ready", errors: [{ path: "database" }] });
    const answer = await other.app.request("/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"question":"VPN"}',
    });
    expect(answer.status).toBe(200);
    await server.restart();
    await expect.poll(async () => (await other.app.request("/readyz")).status, { timeout: 15_000 }).toBe(200);
  } finally {
    await other.close();
    await late.close();
  }
});
