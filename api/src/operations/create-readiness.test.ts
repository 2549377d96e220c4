import { expect, test } from "vitest";
import { createReadiness } from "./create-readiness.ts";

test("once nothing is missing it is never asked again, so that a database that goes away leaves readiness alone", async () => {
  const answers = [[{ path: "schema", message: "old" }], [], [{ path: "database", message: "away" }]];
  let asked = 0;
  const find = createReadiness(async () => answers[asked++] ?? []);
  expect(await find()).toHaveLength(1);
  expect(await find()).toEqual([]);
  expect(await find()).toEqual([]);
  expect(asked).toBe(2);
});

test("probes that come together share one look", async () => {
  let asked = 0;
  const find = createReadiness(async () => {
    asked += 1;
    return [{ path: "database", message: "away" }];
  });
  await Promise.all([find(), find(), find()]);
  expect(asked).toBe(1);
  await find();
  expect(asked).toBe(2);
});
