import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runOneAtATime } from "./run-one-at-a-time.ts";

test("calls while one runs are one more run, and each resolves after a run that began after it", async () => {
  let running = 0;
  let began = 0;
  const run = runOneAtATime(async () => {
    began += 1;
    running += 1;
    expect(running).toBe(1);
    await sleep(5);
    running -= 1;
  });
  const first = run();
  await sleep(1);
  expect(began).toBe(1);
  const later = [run(), run(), run()];
  await first;
  expect(began).toBeLessThanOrEqual(2);
  await Promise.all(later);
  expect(began).toBe(2);
  await run();
  expect(began).toBe(3);
});
