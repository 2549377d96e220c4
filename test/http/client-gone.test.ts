import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, serveApp } from "../../api/src/node/serve-app.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { createRealApp, type RealApp } from "./create-real-app.ts";

let database: Database;
let real: RealApp;
let server: RunningServer;
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);

beforeAll(async () => {
  database = openNodePostgres({ url: await createTestDatabase() });
  await migrate(database);
  real = await createRealApp(database);
  server = await serveApp(real.app, { host: "127.0.0.1", port: 0 });
  process.on("unhandledRejection", note);
});

afterAll(async () => {
  process.off("unhandledRejection", note);
  await server.stop(0);
  await real.close();
  await database.close();
});

test("clients that hang up at any moment of an answer leave no rejected promise and no slot behind", async () => {
  const question = "Mon VPN ne marche pas. ".repeat(60);
  const asks = Array.from({ length: 60 }, (_, i) =>
    fetch(`${server.url}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question, stream: i % 2 === 0 }),
      signal: AbortSignal.timeout(1 + i * 4),
    })
      .then((response) => response.text())
      .catch(() => {}),
  );
  await Promise.all(asks);
  await expect
    .poll(
      async () =>
        /agent_requests_running (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1],
      { timeout: 30_000 },
    )
    .toBe("0");
  expect(unhandled).toEqual([]);
  expect(real.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
