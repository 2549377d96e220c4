import { setImmediate } from "node:timers/promises";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { StatementError } from "@support-it-agent/shared/database/statement-error";
import { expect, test } from "vitest";
import { joinCalls } from "./join-calls.ts";

/** Puts words in capitals and writes down which came together. A word with "!" is refused, and with "?" the database is away. */
function shouting(options: { maxCalls?: number } = {}) {
  const together: string[][] = [];
  const call = joinCalls(
    async (words: readonly string[]) => {
      together.push([...words]);
      await setImmediate();
      if (words.some((word) => word.endsWith("?"))) throw new DatabaseUnavailableError("away", null);
      if (words.some((word) => word.endsWith("!"))) throw new StatementError("select", new Error("refused"));
      return words.map((word) => word.toUpperCase());
    },
    { ...options, endOfTurn: () => setImmediate(), keyOf: (word) => `${word.length}` },
  );
  return { call, together };
}

test("calls of one turn are one, and each gets its own result", async () => {
  const { call, together } = shouting();
  expect(await Promise.all(["one", "two", "six"].map(call))).toEqual(["ONE", "TWO", "SIX"]);
  expect(await call("ten")).toBe("TEN");
  expect(together).toEqual([["one", "two", "six"], ["ten"]]);
});

test("no more than maxCalls are joined, and only those with the same key", async () => {
  const { call, together } = shouting({ maxCalls: 2 });
  const words = ["one", "three", "two", "six", "seven"];
  expect(await Promise.all(words.map(call))).toEqual(words.map((word) => word.toUpperCase()));
  expect(together).toEqual([["one", "two"], ["three", "seven"], ["six"]]);
});

test("a refused statement is the fault of one: the others get their results", async () => {
  const { call, together } = shouting();
  const [one, bad, six] = await Promise.allSettled(["one", "no!", "six"].map(call));
  expect([one, six]).toEqual([
    { status: "fulfilled", value: "ONE" },
    { status: "fulfilled", value: "SIX" },
  ]);
  expect(bad).toMatchObject({ status: "rejected", reason: expect.any(StatementError) });
  expect(together).toEqual([["one", "no!", "six"], ["one"], ["no!"], ["six"]]);
});

test("a database that is away is everybody's fault, and nobody asks it again", async () => {
  const { call, together } = shouting();
  const outcomes = await Promise.allSettled(["one", "no?"].map(call));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(DatabaseUnavailableError) });
  }
  expect(together).toEqual([["one", "no?"]]);
});

test("without an end of the turn every call goes by itself", async () => {
  const together: string[][] = [];
  const call = joinCalls(
    async (words: readonly string[]) => {
      together.push([...words]);
      return words;
    },
    { endOfTurn: undefined },
  );
  expect(await Promise.all(["one", "two"].map(call))).toEqual(["one", "two"]);
  expect(together).toEqual([["one"], ["two"]]);
});
