import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createLineLogger } from "./create-line-logger.ts";
import { logDatabaseState } from "./log-database-state.ts";

/** A database that answers as `state.fault` says, under a clock that is set by hand, and the lines of the log. */
function setUp() {
  const state = { fault: null as Error | null, nowMs: 0 };
  const lines: string[] = [];
  const call = async () => {
    if (state.fault) throw state.fault;
    return [];
  };
  const database: Database = {
    driver: "node-postgres",
    rows: call,
    run: async () => (await call()) as never,
    close: async () => {},
  };
  const logger = createLineLogger((line) => lines.push(line), "debug");
  const watched = logDatabaseState(database, logger, () => state.nowMs);
  const ask = () => watched.rows(sql`select 1`).catch((error) => error);
  const told = () => lines.map((line) => JSON.parse(line)).map(({ level, msg }) => `${level}: ${msg}`);
  return { state, lines, watched, ask, told };
}

const refused = new DatabaseUnavailableError("the database is away: connect ECONNREFUSED", null);

test("an outage is one warning with its reason and one word of its end, however many calls it costs", async () => {
  const { state, lines, watched, ask, told } = setUp();
  await ask();
  state.fault = refused;
  expect(await Promise.all([ask(), ask(), watched.run(async () => 1).catch((error) => error)])).toEqual([
    refused,
    refused,
    refused,
  ]);
  expect(told()).toEqual(["warn: the database is away"]);
  expect(lines[0]).toContain("ECONNREFUSED");
  state.fault = null;
  await Promise.all([ask(), ask()]);
  expect(told()).toEqual(["warn: the database is away", "info: the database is back"]);
  Object.assign(state, { fault: refused, nowMs: 60_000 });
  await ask();
  expect(told()).toHaveLength(3);
});

test("one that takes reads alone, and is away with every other call, is told once a minute", async () => {
  const { state, ask, told } = setUp();
  for (let second = 0; second < 180; second += 1) {
    Object.assign(state, { fault: second % 2 ? null : refused, nowMs: second * 1_000 });
    await ask();
  }
  expect(told()).toHaveLength(6);
});

test("a statement at fault says nothing of the database", async () => {
  const { state, ask, told } = setUp();
  state.fault = new Error("syntax error");
  expect(await ask()).toBe(state.fault);
  expect(told()).toEqual([]);
});
