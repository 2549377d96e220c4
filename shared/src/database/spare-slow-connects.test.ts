import { expect, test } from "vitest";
import { spareSlowConnects } from "./spare-slow-connects.ts";

/** A server behind a clock: `tookMs` passes with each attempt, which then ends as `outcome` says. */
function createServer() {
  const state = {
    clockMs: 0,
    attempts: 0,
    tookMs: 3_000,
    outcome: new Error("timed out") as Error | "connected",
  };
  const connect = async () => {
    state.attempts += 1;
    state.clockMs += state.tookMs;
    if (state.outcome instanceof Error) throw state.outcome;
    return state.outcome;
  };
  return { state, connect: spareSlowConnects(connect, () => state.clockMs) };
}

test("after a slow failure nobody tries for three seconds, then one does, and a success opens the way", async () => {
  const { state, connect } = createServer();
  await expect(connect()).rejects.toThrow("timed out");
  await expect(connect()).rejects.toThrow("did not answer");
  state.clockMs += 2_999;
  await expect(connect()).rejects.toThrow("did not answer");
  expect(state.attempts).toBe(1);
  state.clockMs += 1;
  Object.assign(state, { outcome: "connected", tookMs: 5 });
  const tries = await Promise.allSettled([connect(), connect()]);
  expect(tries.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(await connect()).toBe("connected");
  expect(state.attempts).toBe(3);
});

test("a quick refusal and a busy pool stop nobody", async () => {
  const { state, connect } = createServer();
  Object.assign(state, { outcome: new Error("refused"), tookMs: 2 });
  await expect(connect()).rejects.toThrow("refused");
  await expect(connect()).rejects.toThrow("refused");
  Object.assign(state, { outcome: new Error("timeout exceeded when trying to connect"), tookMs: 3_000 });
  await expect(connect()).rejects.toThrow("exceeded");
  await expect(connect()).rejects.toThrow("exceeded");
  expect(state.attempts).toBe(4);
});
