import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { buildProfile } from "../reference/build-profile.ts";
import { derivedNames } from "../reference/feature-distances.ts";
import { type Random, seededRandom } from "../seeded-random.ts";
import { chunkDistances } from "./chunk-distances.ts";
import { distanceScale } from "./scale-distances.ts";

const [perDay, size] = [100, 500];
const share = drawnSchema.numericNames.length + derivedNames.length + 1;

/** Days that differ: the network's share is drawn anew for each. */
function drawDays(days: number, random: Random) {
  return Array.from({ length: days }, (_, day) =>
    drawRows({ random, count: perDay, start: day * 86_400_000, network: 0.35 + 0.5 * random() }),
  ).flat();
}

function scaleOf(rows: ReturnType<typeof drawDays>, isHistory: boolean, topicEffect: number) {
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory };
  const profile = buildProfile(rows, options, seededRandom(2));
  const chunks = chunkDistances(profile, size, { enough: 30, most: 60, topicEffect }, seededRandom(3));
  return { ...distanceScale(chunks.sets.flat()), ...chunks };
}

test("a short history tells how windows differ, odd days and all", () => {
  // Eight windows of five days each, of eight desks, since a single one knows but 40 days.
  const desks = Array.from({ length: 8 }, (_, desk) =>
    scaleOf(drawDays(40, seededRandom(10 + desk)), true, 0),
  );
  expect(desks.every(({ isWarmingUp }) => isWarmingUp)).toBe(true);
  const variance = desks.reduce((sum, { deviations }) => sum + (deviations[share] ?? 0) ** 2, 0) / 8;
  // A day's share varies by .5 / sqrt(12), which the probabilities show as .825 - .175 of it, in five days; single rows by .33 about that.
  const expected = Math.hypot((0.65 * 0.5) / Math.sqrt(12 * 5), 0.33 / Math.sqrt(size));
  expect(Math.sqrt(variance) / expected).toBeGreaterThan(0.8);
  expect(Math.sqrt(variance) / expected).toBeLessThan(1.2);
});

test("rows without time do not tell it: their windows differ as much more as the topic effect says", () => {
  const rows = drawDays(20, seededRandom(5));
  const [even, odd, odder] = [0, 0.2, 0.4].map(
    (effect) => scaleOf(rows, false, effect).deviations[share] ?? 0,
  );
  expect(odd).toBeGreaterThan(1.15 * Number(even));
  expect(odder).toBeGreaterThan(1.3 * Number(odd));
});
