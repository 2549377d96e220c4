import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { buildProfile } from "./build-profile.ts";

test("a window may hold more different values than a call has arguments", () => {
  const random = seededRandom(3);
  const rows = drawRows({ random, count: 130_000 }).map((row, n) => ({ ...row, caller: `caller ${n}` }));
  const profile = buildProfile(
    rows,
    { schema: drawnSchema, clusters: 2, sampleRows: 100, ridge: 3, isHistory: true },
    random,
  );
  expect(profile.baseline.callerShare).toBeCloseTo(1 / 130_000, 12);
});
