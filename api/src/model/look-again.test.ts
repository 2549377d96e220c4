import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { lookAgain } from "./look-again.ts";

test("it looks again, sooner after a failure, once more where it was wanted meanwhile, and not after its end", async () => {
  const answers: (() => Promise<boolean>)[] = [];
  let count = 0;
  const looks = lookAgain(
    async () => {
      count += 1;
      return answers[count - 1]?.() ?? true;
    },
    { everyMs: 60_000, afterFailureMs: 1 },
  );
  answers.push(
    () => Promise.reject(new Error("away")),
    async () => false,
    async () => {
      looks.now();
      looks.now();
      return true;
    },
  );
  looks.now();
  await expect.poll(() => count).toBe(4);
  await sleep(20);
  expect(count).toBe(4);
  looks.end();
  looks.now();
  await sleep(5);
  expect(count).toBe(4);
});
