import { expect, test } from "vitest";
import type { Diagnosis } from "../drift/diagnose.ts";
import { chooseHistory } from "./choose-history.ts";

const reference = {
  clusters: 32,
  sampleRows: 3_000,
  ridge: 3,
  enoughChunks: 30,
  mostChunks: 60,
  topicEffect: 0.3,
  leastWindows: 2,
  settledAfterWindows: 1,
};

const windowsOf = (...diagnoses: Diagnosis[]) =>
  diagnoses.map((diagnosis, at) => ({ start: at, end: at + 1, diagnosis }));

const chosen = (...diagnoses: Diagnosis[]) =>
  chooseHistory(windowsOf(...diagnoses), reference).map(({ start }) => start);

test("history begins with its least number of windows, and the newest ones are not settled yet", () => {
  expect(chosen("stable", "stable")).toEqual([]);
  expect(chosen("stable", "stable", "stable")).toEqual([0, 1]);
});

test("what was not compared, an alarm, and the window before an alarm are no history", () => {
  expect(chosen("stable", "data_fault", "not_enough_data", "burst", "stable", "drift")).toEqual([0, 3]);
  expect(chosen("stable", "performance_alarm", "stable", "burst", "stable")).toEqual([2, 3]);
});

test("it grows in steps, and stays what it was in between and at its end", () => {
  const length = (count: number) =>
    chooseHistory(windowsOf(...Array<Diagnosis>(count + 1).fill("stable")), reference).length;
  expect([1, 2, 3, 4, 29, 30, 59, 60, 200].map(length)).toEqual([0, 2, 2, 4, 4, 30, 30, 60, 60]);
  expect(chooseHistory(windowsOf(...Array<Diagnosis>(200).fill("stable")), reference).at(-1)?.start).toBe(59);
});
