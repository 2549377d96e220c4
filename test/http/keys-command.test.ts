import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { keyLifeMs } from "../../api/src/auth/create-identify.ts";
import { generateKey } from "../../api/src/auth/generate-key.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { runCommand } from "./run-command.ts";
import { killServerProcesses, startServerProcess } from "./start-server-process.ts";

const keyShape = /^sia_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/;

const keys = (args: readonly string[], env: Record<string, string>, stdin = "") =>
  runCommand("scripts/keys.ts", args, env, stdin);

const get = (url: string, key?: string) =>
  fetch(url, key ? { headers: { authorization: `Bearer ${key}` } } : {}).then(({ status }) => status);

const prefixOf = (key: string) => key.slice(0, 12);

afterEach(killServerProcesses);

describe("on the embedded database", () => {
  let env: { DATA_DIR: string };

  beforeEach(async () => {
    env = { DATA_DIR: await mkdtemp(join(tmpdir(), "keys-")) };
    return () => rm(env.DATA_DIR, { recursive: true, force: true });
  });

  test("keys are made, listed and revoked without a server; stdout holds the key alone", async () => {
    const made = await keys(["create", "--name", "Ana", "--scopes", "agent,ask", "--expires", "90d"], env);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(keyShape) });
    expect(made.stderr).toContain("No key is an admin's yet");
    expect(made.stderr).not.toContain(made.stdout);
    const listed = await keys(["list"], env);
    expect(listed.stdout).toMatch(/^PREFIX.*\nsia_\w{8} +Ana +ask,agent +valid until 2\d{3}-/);
    expect(listed.stdout).not.toContain(made.stdout);
    expect((await keys(["revoke", prefixOf(made.stdout)], env)).code).toBe(0);
    const [key] = JSON.parse((await keys(["list", "--json"], env)).stdout);
    expect(key).toMatchObject({
      name: "Ana",
      revokedAt: expect.stringMatching(/Z$/),
      labelsDistrusted: false,
    });
    expect((await keys(["revoke", "sia_aaaaaaaa"], env)).code).toBe(3);
  }, 240_000);

  test("beside a running server they go through it: open until the first key, with SUPPORT_IT_AGENT_KEY after it; ingest as well", async () => {
    await keys(["list"], env);
    const server = startServerProcess(env);
    const url = await server.url;
    await expect.poll(server.said).toContain("No key exists");
    expect(await get(`${url}/documents`)).toBe(200);
    const admin = await keys(["create", "--name", "Boss", "--scopes", "admin"], env);
    expect(admin).toMatchObject({ code: 0, stdout: expect.stringMatching(keyShape) });
    expect(admin.stderr).toContain(`the server at ${url}`);
    expect(await get(`${url}/documents`)).toBe(401);

    const without = await keys(["list"], env);
    expect(without.code).toBe(1);
    expect(without.stderr).toContain("SUPPORT_IT_AGENT_KEY");
    expect(without.stderr).not.toContain("    at ");
    const withKey = { ...env, SUPPORT_IT_AGENT_KEY: admin.stdout };
    const agent = await keys(["create", "--name", "Ana", "--scopes", "agent"], withKey);
    expect(await get(`${url}/documents`, agent.stdout)).toBe(200);
    expect((await keys(["list"], { ...env, SUPPORT_IT_AGENT_KEY: agent.stdout })).stderr).toContain(
      "scope admin",
    );
    expect((await keys(["revoke", prefixOf(agent.stdout)], withKey)).code).toBe(0);
    expect(await get(`${url}/documents`, agent.stdout)).toBe(401);

    const folder = await mkdtemp(join(tmpdir(), "keys-articles-"));
    await writeFile(join(folder, "wifi.md"), "# Wi-Fi\n\n1. Switch it off and on again.\n");
    expect(await runCommand("scripts/ingest.ts", [folder], env)).toMatchObject({ code: 1 });
    expect(await runCommand("scripts/ingest.ts", [folder], withKey)).toMatchObject({ code: 0 });
    await rm(folder, { recursive: true });
    expect(JSON.stringify(server.log())).not.toContain(admin.stdout);
  }, 240_000);
});

describe("on PostgreSQL", () => {
  let env: { DATABASE_URL: string };

  beforeAll(async () => {
    env = { DATABASE_URL: await createTestDatabase() };
  });

  test("a server that others reach does not start without any key, and says how to begin", async () => {
    const server = startServerProcess({ ...env, HOST: "0.0.0.0" });
    expect(await server.ended).toBe(1);
    expect(server.said()).toMatch(/^HOST=0\.0\.0\.0 is reached by other machines, and no key exists/);
    expect(server.said()).toContain("./scripts/keys create --name NAME --scopes admin");
    expect(server.said()).toContain("FIRST_ADMIN_KEY_SHA256");
    expect(server.said()).not.toContain("    at ");
  }, 120_000);

  test("the hash of a first admin's key lets it start; a key made with that one, and revoked in the database, ends within seconds", async () => {
    const offline = await keys(["create", "--offline"], {});
    const [key = "", hash = ""] = offline.stdout.split("\n");
    expect(await keys(["hash"], {}, `${key}\n`)).toMatchObject({ code: 0, stdout: hash });
    const server = startServerProcess({ ...env, HOST: "0.0.0.0", FIRST_ADMIN_KEY_SHA256: hash });
    const url = await server.url;
    expect(await get(`${url}/readyz`)).toBe(200);
    expect(await get(`${url}/model`)).toBe(401);
    expect(await get(`${url}/model`, (await generateKey()).key)).toBe(401);
    expect(await get(`${url}/keys`, key)).toBe(200);

    const made = await keys(["create", "--name", "Ana", "--scopes", "ask"], env);
    expect(await get(`${url}/model`, made.stdout)).toBe(200);
    await keys(["revoke", prefixOf(made.stdout)], env);
    await expect
      .poll(() => get(`${url}/model`, made.stdout), { timeout: keyLifeMs + 2_000, interval: 200 })
      .toBe(401);
    const database = openNodePostgres({ url: env.DATABASE_URL });
    const audit = await database.rows(
      sql`select action, subject, actor like 'local:_%' as is_local from audit_log order by id`,
    );
    expect(audit).toEqual([
      { action: "key.created", subject: prefixOf(made.stdout), is_local: true },
      { action: "key.revoked", subject: prefixOf(made.stdout), is_local: true },
    ]);
    await database.close();
  }, 120_000);

  test.each([
    [[], "No command was given"],
    [["frobnicate"], "no command frobnicate"],
    [["create", "--scopes", "ask"], "--name is missing"],
    [["create", "--name", "A"], "--scopes is missing"],
    [["create", "--name", "A", "--scopes", "ask,root"], "no scope root"],
    [["create", "--name", "A", "--scopes", "ask", "--expires", "soon"], "--expires takes days"],
    [["create", "--name", "A", "--scopes", "ask", "--expires", "0d"], "--expires takes days"],
    [["create", "--nam", "A"], "--nam"],
    [["revoke"], "by its prefix"],
    [["revoke", "Ana"], "by its prefix"],
    [["list", "all"], "more words"],
    [["hash"], "no key of this agent"],
  ])("keys %j is wrong use: exit code 2, what is wrong, and the usage", async (args, said) => {
    const { code, stdout, stderr } = await keys(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).toContain("Usage:");
    expect(stderr).not.toContain("    at ");
  });

  test("a database without a schema is told with the command that makes one", async () => {
    const empty = openNodePostgres({ url: env.DATABASE_URL });
    await empty.rows(sql`create database without_schema`);
    await empty.close();
    const { code, stderr } = await keys(["list"], {
      DATABASE_URL: env.DATABASE_URL.replace(/\/[^/?]+(\?|$)/, "/without_schema$1"),
    });
    expect(code).toBe(1);
    expect(stderr).toContain("node scripts/migrate.ts");
  });

  test("three processes that become ready at once record what serves once, and the next bundle ends it", async () => {
    const database = openNodePostgres({ url: env.DATABASE_URL });
    await database.rows(sql`truncate model_deployments`);
    const serve = (bundleHash: string) =>
      runCommand("test/http/record-serving-program.ts", [bundleHash], env).then(({ code }) => code);
    expect(await Promise.all([serve("a"), serve("a"), serve("a")])).toEqual([0, 0, 0]);
    expect(await Promise.all([serve("b"), serve("b"), serve("b")])).toEqual([0, 0, 0]);
    const served = await database.rows(sql`select bundle_hash, serving, ended_at is not null as has_ended
      from model_deployments order by started_at`);
    expect(served).toEqual([
      { bundle_hash: "a", serving: false, has_ended: true },
      { bundle_hash: "b", serving: true, has_ended: false },
    ]);
    await database.close();
  });
});
