import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey } from "../../api/src/auth/create-key.ts";
import { findKey } from "../../api/src/auth/find-key.ts";
import { hasAnyKey } from "../../api/src/auth/has-any-key.ts";
import { hashKey } from "../../api/src/auth/hash-key.ts";
import { listKeys } from "../../api/src/auth/list-keys.ts";
import { NoKeyError, requireSomeKey } from "../../api/src/auth/require-some-key.ts";
import { revokeKey } from "../../api/src/auth/revoke-key.ts";
import { findDriftReport } from "../../api/src/monitoring/find-drift-report.ts";
import { listDecisions } from "../../api/src/monitoring/list-decisions.ts";
import { listDeployments } from "../../api/src/monitoring/list-deployments.ts";
import { listDriftReports } from "../../api/src/monitoring/list-drift-reports.ts";
import { recordServing } from "../../api/src/records/record-serving.ts";
import type { Database, DatabaseDriver } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { openThrough } from "../database/open-through.ts";
import { type NeonRelay, startNeonRelay } from "../database/start-neon-relay.ts";

const drivers: readonly DatabaseDriver[] = ["pglite", "node-postgres", "neon-http", "neon-websocket"];

describe.each(drivers)("through %s", (driver) => {
  let database: Database;
  let relay: NeonRelay | undefined;

  beforeAll(async () => {
    if (driver === "pglite") {
      database = await openPglite();
      expect(await hasAnyKey(database), "without a schema").toBe(false);
      await migrate(database);
      return;
    }
    relay = await startNeonRelay();
    database = openThrough(driver, await createTestDatabase(), relay);
  });

  afterAll(async () => {
    await database.close();
    await relay?.stop();
  });

  test("a key is made, found by its hash, listed and revoked; revoking the last one does not make it as if there had been none", async () => {
    await expect(requireSomeKey(database, undefined, "Here")).rejects.toThrow(NoKeyError);
    await requireSomeKey(database, "00", "Here");
    const expiresAt = new Date(Date.now() + 86_400_000);
    const created = await createKey(
      database,
      { name: "l'Ana {é}", scopes: ["ask", "agent"], expiresAt },
      "local:me",
    );
    const hash = await hashKey(created.key);
    expect(await findKey(database, hash)).toEqual({
      id: created.id,
      scopes: ["ask", "agent"],
      expiresAtMs: expiresAt.getTime(),
      isRevoked: false,
    });
    expect(await findKey(database, await hashKey(`${created.key}x`))).toBeNull();
    const { key: _, ...shown } = created;
    expect(shown).toMatchObject({ name: "l'Ana {é}", expiresAt: expiresAt.toISOString(), revokedAt: null });
    expect(await listKeys(database)).toEqual([shown]);
    const revocation = { prefix: created.prefix, distrustsLabels: false };
    const revoked = await revokeKey(database, revocation, "local:me");
    expect(await revokeKey(database, revocation, "local:me")).toEqual(revoked);
    expect(await findKey(database, hash)).toMatchObject({ isRevoked: true });
    expect(await revokeKey(database, { ...revocation, prefix: "sia_aaaaaaaa" }, "local:me")).toBeNull();
    expect(await hasAnyKey(database)).toBe(true);
    await requireSomeKey(database, undefined, "Here");
  });

  test("a scope that this version does not know gives nothing", async () => {
    const created = await createKey(database, { name: "a", scopes: ["ask"], expiresAt: null }, "local:me");
    await database.rows(sql`update api_keys set scopes = '{ask,root}' where id = ${created.id}::uuid`);
    expect(await findKey(database, await hashKey(created.key))).toMatchObject({
      scopes: ["ask"],
      expiresAtMs: null,
    });
  });

  test("what the monitor wrote is read back", async () => {
    const id = newId();
    await database.rows(sql`insert into drift_reports (id, mode, model_version, window_start, window_end, row_count, report)
      values (${id}::uuid, 'calibrated', '1', '2026-11-01Z', '2026-11-08Z', 7, '{"a":[1,{"b":null}]}'::jsonb)`);
    await database.rows(sql`insert into training_decisions (id, reason_code, decision)
      values (${newId()}::uuid, 'stable', '{}'::jsonb)`);
    await recordServing(database)({ bundleHash: "a", modelVersion: "1" });
    expect(await findDriftReport(database)("latest")).toMatchObject({
      id,
      report: { a: [1, { b: null }] },
      page: null,
    });
    expect(await findDriftReport(database)(id)).toMatchObject({
      hasPage: false,
      windowStart: "2026-11-01T00:00:00.000Z",
    });
    expect(await findDriftReport(database)(newId())).toBeNull();
    expect(await listDriftReports(database)({ limit: 1 })).toMatchObject({
      items: [{ id }],
      nextCursor: null,
    });
    expect((await listDriftReports(database)({ limit: 1, cursor: id })).items).toEqual([]);
    expect((await listDecisions(database)({ limit: 5 })).items).toMatchObject([
      { reasonCode: "stable", modelVersion: null },
    ]);
    expect((await listDeployments(database)({ limit: 5 })).items).toMatchObject([
      { serving: true, endedAt: null },
    ]);
  });
});
