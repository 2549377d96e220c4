import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { buildProfile } from "../reference/build-profile.ts";
import { encodeRow } from "../reference/encode-row.ts";
import { derivedNames } from "../reference/feature-distances.ts";
import { summariseRows } from "../reference/window-summary.ts";
import { type Random, seededRandom } from "../seeded-random.ts";
import { chunkDistances, distanceVector } from "./chunk-distances.ts";
import { distanceScale, scaleDistances } from "./scale-distances.ts";

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

test("a value that a few hundred rows did not show is nothing strange in one row of a window, and is in a tenth of them", () => {
  const rows = drawRows({ random: seededRandom(6), count: 600 }).map((row) => ({
    ...row,
    numeric: [row.numeric[0] ?? 0, row.numeric[1] ?? 0, 0],
  }));
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: false };
  const profile = buildProfile(rows, options, seededRandom(2));
  const chunks = chunkDistances(profile, size, { enough: 30, most: 60, topicEffect: 0.2 }, seededRandom(3));
  const scale = distanceScale(chunks.sets.flat(), chunks.leastDeviations);
  const zOf = (count: number) => {
    const window = drawRows({ random: seededRandom(7), count: size }).map((row, at) => ({
      ...row,
      numeric: [row.numeric[0] ?? 0, row.numeric[1] ?? 0, at < count ? 1 : 0],
    }));
    const summary = summariseRows(
      window.map((row) => encodeRow(row, profile.encoding)),
      profile.encoding,
    );
    return scaleDistances(distanceVector(summary, profile.byWeekday, profile), scale)[2];
  };
  expect(zOf(1)).toBeLessThan(1);
  expect(zOf(size / 10)).toBe(6);
});

test("what the model expects of itself differs between stand-ins of few rows more than between windows alone", () => {
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: false };
  const deviationOf = (count: number) => {
    const rows = drawRows({ random: seededRandom(8), count });
    const profile = buildProfile(rows, options, seededRandom(2));
    const chunks = chunkDistances(profile, size, { enough: 30, most: 60, topicEffect: 0 }, seededRandom(3));
    const means = chunks.sets.map((set) => distanceScale(set).means[share - 1] ?? 0);
    return distanceScale(means.map((mean) => Float64Array.from([mean]))).deviations[0] ?? 0;
  };
  // A reference of a tenth of the rows is three times as uncertain; windows of one size are not.
  expect(deviationOf(300)).toBeGreaterThan(1.8 * deviationOf(3_000));
});

test("a chunk has the audits that became ripe while its rows came, and what is usual needs enough chunks with some", () => {
  const rows = drawDays(200, seededRandom(9));
  const audited = rows
    .filter((_, at) => at % 10 === 0)
    .map(({ at, queue, queueProbabilities }) => ({
      at,
      queue,
      label: queue,
      isWrong: false,
      queueProbabilities,
    }));
  const chunksOf = (some: typeof audited) => {
    const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
    const profile = buildProfile(rows, { ...options, audited: some }, seededRandom(2));
    return chunkDistances(profile, size, { enough: 30, most: 60, topicEffect: 0 }, seededRandom(3));
  };
  const { usualAudits, sets } = chunksOf(audited);
  expect(usualAudits).toBe(50);
  const { means, deviations } = distanceScale(sets.flat());
  // The labels are what days make of them, beside what chance drew: more than one deviation of so many draws, around 0.
  expect(Math.abs(means.at(-1) ?? Number.NaN)).toBeLessThan(0.5);
  expect(deviations.at(-1)).toBeGreaterThan(0.9);
  expect(chunksOf([]).usualAudits).toBe(0);
  // Those of the last ten chunks alone.
  const recent = audited.filter(({ at }) => at >= (rows[15_000]?.at ?? 0));
  expect(chunksOf(recent).usualAudits).toBe(0);
});
