import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../shared/src/database/database.ts";
import { DatabaseUnavailableError } from "../../shared/src/database/database-unavailable-error.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { openThrough } from "./open-through.ts";
import { type NeonRelay, startNeonRelay } from "./start-neon-relay.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

let server: PostgresServer;
let observer: Database;
let urlBehindProxy: string;

beforeAll(async () => {
  server = await startPostgres();
  observer = openNodePostgres({ url: server.url });
  // Neon's proxy cancels what its client no longer waits for. Behind our relay PostgreSQL looks for the client itself.
  await observer.rows(sql`create database behind_proxy`);
  await observer.rows(sql`alter database behind_proxy set client_connection_check_interval = '1s'`);
  urlBehindProxy = server.urlOf("behind_proxy");
});
afterAll(async () => {
  await observer.close();
  await server.end();
});

const one = sql`select 1 as one`;
const tenSeconds = sql`select pg_sleep(10)`;

describe.each(["node-postgres", "neon-http", "neon-websocket"] as const)("through %s", (driver) => {
  let relay: NeonRelay;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    relay = await startNeonRelay();
    url = driver === "node-postgres" ? server.url : urlBehindProxy;
    database = openThrough(driver, url, relay);
  });
  afterEach(() => server.restart());
  afterAll(async () => {
    await database.close();
    await relay.stop();
  });

  test("a server that is not there yet is unavailable, and used once it is", async () => {
    await server.stop();
    await expectUnavailable(database.rows(one));
    await server.restart();
    expect(await database.rows(one)).toEqual([{ one: 1 }]);
  });

  test("a read that meets a connection which was closed while idle is done on another", async () => {
    await Promise.all([1, 2, 3].map(() => database.rows(one)));
    await terminateOthers();
    expect(await database.rows(one, { isRead: true })).toEqual([{ one: 1 }]);
  });

  test.each(["kill9", "stop"] as const)(
    "idle connections survive %s and restart of the server",
    async (end) => {
      await Promise.all([1, 2, 3].map(() => database.rows(one)));
      await server[end]();
      await expectUnavailable(database.rows(one, { isRead: true }));
      await server.restart();
      await settle();
      expect(await Promise.all([1, 2, 3, 4].map(() => database.rows(one)))).toHaveLength(4);
    },
  );

  test.each(["kill9", "stop"] as const)(
    "a statement under way at %s of the server is unavailable",
    async (end) => {
      const underWay = expectUnavailable(database.rows(tenSeconds));
      await expect.poll(() => sleepers(), { timeout: 5_000 }).toBe(1);
      await server[end]();
      await underWay;
      await server.restart();
      expect(await database.rows(one)).toEqual([{ one: 1 }]);
    },
  );

  test("a connection that is cut in a statement makes a read run again, and a write fail", async () => {
    await database.rows(sql`create table tries (at timestamptz default now())`);
    const read = database.rows(sql`select pg_sleep(0.5), 'done' as state`, { isRead: true });
    await expect.poll(() => sleepers(), { timeout: 5_000 }).toBe(1);
    await terminateOthers();
    expect((await read)[0]?.state).toBe("done");
    const write = expectUnavailable(database.rows(sql`insert into tries select from pg_sleep(0.5)`));
    await expect.poll(() => sleepers(), { timeout: 5_000 }).toBe(1);
    await terminateOthers();
    await write;
    await sleep(700);
    expect(await database.rows(sql`select from tries`)).toHaveLength(0);
    await database.rows(sql`drop table tries`);
  });

  test("a deadline ends the wait, and soon after the statement on the server too", async () => {
    const startedMs = performance.now();
    await expectUnavailable(database.rows(tenSeconds, { deadlineMs: 200, isRead: true }));
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    await expect.poll(() => sleepers(), { timeout: 6_000 }).toBe(0);
  });

  test("twenty deadlines in a row use no connection up", async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => expectUnavailable(database.rows(tenSeconds, { deadlineMs: 300 }))),
    );
    expect(await database.rows(one)).toEqual([{ one: 1 }]);
  });

  test("a wrong password is unavailable, and the message does not repeat it", async () => {
    const locked = openThrough(driver, url.replace(/:[^:@]+@/, ":not-the-password@"), relay);
    const error = await expectUnavailable(locked.rows(one));
    expect(error.message).toContain("password authentication failed");
    expect(error.message).not.toContain("not-the-password");
    await locked.close();
  });

  test("a deadlock is repeated until both writes are done", async () => {
    await database.rows(sql`create table pair as select id, 0 as n from generate_series(1, 2) as id`);
    const both = (first: number, second: number, from: Database) =>
      from.rows(sql`with a as (update pair set n = n + 1 where id = ${first} returning pg_sleep(0.3)),
        b as (update pair set n = n + 1 where id = ${second} and (select count(*) from a) = 1 returning id)
        select id from b`);
    const other = openThrough(driver, url, relay);
    await Promise.all([both(1, 2, database), both(2, 1, other)]);
    expect(await database.rows(sql`select n from pair`)).toEqual([{ n: 2 }, { n: 2 }]);
    await database.rows(sql`drop table pair`);
    await other.close();
  });
});

describe("what stands between us and the server", () => {
  const openSockets = new Set<Socket>();
  let silent: Server;

  beforeAll(async () => {
    silent = createServer((socket) => openSockets.add(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  afterAll(() => {
    for (const socket of openSockets) socket.destroy();
    silent.close();
  });

  test("a host that takes connections and says nothing is unavailable at the deadline", async () => {
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const url = `postgres://me:secret@127.0.0.1:${port}/none`;
    const relay = await startNeonRelay();
    for (const driver of ["node-postgres", "neon-http", "neon-websocket"] as const) {
      const database = openThrough(driver, url, relay);
      await expectUnavailable(database.rows(one, { deadlineMs: 300 }));
      await database.close();
    }
    await relay.stop();
  });

  test.each(["neon-http", "neon-websocket"] as const)(
    "%s without its relay is unavailable",
    async (driver) => {
      const relay = await startNeonRelay();
      const database = openThrough(driver, server.url, relay);
      await relay.stop();
      await expectUnavailable(database.rows(one, { isRead: true }));
      await database.close();
    },
  );

  test("an embedded database that is closed is unavailable", async () => {
    const database = await openPglite();
    await database.close();
    await expectUnavailable(database.rows(one));
  });

  test("a name that no server has is unavailable", async () => {
    const database = openNodePostgres({ url: "postgres://me:secret@no-such-host.invalid:5432/none" });
    await expectUnavailable(database.rows(one));
    await database.close();
  });
});

async function expectUnavailable(work: Promise<unknown>): Promise<DatabaseUnavailableError> {
  const outcome = await work.then(
    (result) => ({ result }),
    (error) => error,
  );
  expect(outcome).toBeInstanceOf(DatabaseUnavailableError);
  return outcome;
}

/** How many statements sleep in the server right now. */
async function sleepers(): Promise<number> {
  const rows = await observer.rows(
    sql`select from pg_stat_activity where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
    { isRead: true },
  );
  return rows.length;
}

/** Ends every connection of clients but the observer's own. */
async function terminateOthers(): Promise<void> {
  await observer.rows(sql`select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid() and query not like '%pg_stat_activity%'`);
}

/** Time for the ends of closed connections to arrive: a statement sent before that fails, and may be sent again. */
const settle = () => sleep(200);
