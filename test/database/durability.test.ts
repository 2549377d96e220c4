import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { DataDirectoryLockedError } from "../../shared/src/node/database/lock-data-directory.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { examplePrediction } from "./example-prediction.ts";
import { startPostgres } from "./start-postgres.ts";

test("every prediction id that was given out is a row after SIGKILL of the server", async () => {
  const server = await startPostgres();
  const database = openNodePostgres({ url: server.url });
  await migrate(database);
  const given: string[] = [];
  let isAway = false;
  const record = async () => {
    while (!isAway) {
      const id = await recordPrediction(database)(examplePrediction).catch(() => null);
      if (id) given.push(id);
      else isAway = true;
    }
  };
  const writers = [1, 2, 3, 4].map(record);
  await sleep(500);
  await server.kill9();
  await Promise.all(writers);
  await server.restart();
  expect(given.length).toBeGreaterThan(10);
  expect(await missing(database, given)).toEqual([]);
  await database.close();
  await server.end();
});

test("SIGKILL of the process that embeds the database loses no row it told of, and the next process gets in at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "durable-"));
  const first = await openPglite(folder);
  await migrate(first);
  await first.close();

  const writer = spawn(process.execPath, [
    fileURLToPath(new URL("keep-recording.ts", import.meta.url)),
    folder,
  ]);
  const given: string[] = [];
  const lines = createInterface({ input: writer.stdout }).on("line", (id) => given.push(id));
  await expect.poll(() => given.length, { timeout: 60_000 }).toBeGreaterThan(100);
  const refusal = await openPglite(folder).catch((error) => error);
  expect(refusal).toBeInstanceOf(DataDirectoryLockedError);
  expect(refusal.holder).toEqual({ pid: writer.pid });
  writer.kill("SIGKILL");
  await Promise.all([once(writer, "exit"), once(lines, "close")]);

  const next = await openPglite(folder);
  expect(await missing(next, given)).toEqual([]);
  await next.close();
  await rm(folder, { recursive: true });
});

/** Those of `ids` that prediction_logs does not hold. */
async function missing(database: Database, ids: readonly string[]): Promise<unknown[]> {
  return database.rows(sql`select id from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as given(id)
    where not exists (select from prediction_logs where prediction_logs.id = given.id::uuid)`);
}
