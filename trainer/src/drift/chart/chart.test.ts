import { expect, test } from "vitest";
import { defaultDriftParams } from "../drift-params.ts";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { buildProfile } from "../reference/build-profile.ts";
import { seededRandom } from "../seeded-random.ts";
import { bootstrapLimits, persistentLevels } from "./bootstrap-limits.ts";
import { createChart } from "./create-chart.ts";
import { featureWeights } from "./feature-weights.ts";
import { distanceScale, scaleDistances } from "./scale-distances.ts";
import { smoothScores } from "./smooth-scores.ts";
import { driftShare, singleLevel, suiteLevel } from "./suite-level.ts";

const params = {
  ...defaultDriftParams,
  reference: { ...defaultDriftParams.reference, clusters: 6, sampleRows: 500 },
};
const importance = { numeric: { length: 0.2, digits: 0.1, greeting: 0.1 }, embedding: 0.6 };
const weights = featureWeights(drawnSchema, importance, params.weights);

test("weights: importances to 1, outputs beside them, all normalised", () => {
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  // 1 + .10 + 2 x .15 = 1.4
  expect(weights[0]).toBeCloseTo(0.2 / 1.4, 12);
  expect(Array.from(weights.slice(3))).toEqual(
    [0.05, 0.05, 0.15, 0.15, 0.2, 0.2, 0.2].map((w) => expect.closeTo(w / 1.4, 12)),
  );
  expect(() => featureWeights(drawnSchema, { numeric: {}, embedding: 0 }, params.weights)).toThrow(
    RangeError,
  );
});

test("the suite's level reaches a limit exactly when the weighted share at that limit reaches its own", () => {
  const random = seededRandom(1);
  for (let trial = 0; trial < 300; trial += 1) {
    const smoothed = Array.from({ length: 9 }, () => 4 * random() - 2);
    const some = Array.from({ length: 9 }, () => Math.floor(random() * 3));
    if (some.every((weight) => weight === 0)) continue;
    const limit = 4 * random() - 2;
    expect(suiteLevel(smoothed, some, 0.3) >= limit).toBe(driftShare(smoothed, some, limit) >= 0.3);
  }
  expect(singleLevel([5, 1, 3], [0, 1, 1])).toBe(3);
});

test("2 of 3: the second largest of the last three levels", () => {
  expect(persistentLevels([1, 5, 2, 0, 7], { needed: 2, of: 3 })).toEqual([
    Number.NEGATIVE_INFINITY,
    1,
    2,
    2,
    2,
  ]);
});

test("the moving average is .7 of itself and .3 of what is new, and stays where nothing is known", () => {
  const once = smoothScores([], Float64Array.from([1, Number.NaN]), 0.3);
  expect([...once]).toEqual([0.3, 0]);
  expect([...smoothScores(once, Float64Array.from([1, 1]), 0.3)]).toEqual([expect.closeTo(0.51, 12), 0.3]);
});

test("a single odd window counts as six deviations at most", () => {
  const scale = distanceScale([Float64Array.from([1]), Float64Array.from([2]), Float64Array.from([3])]);
  expect([...scaleDistances(Float64Array.from([1_000]), scale)]).toEqual([6]);
  expect([...scaleDistances(Float64Array.from([3]), scale)]).toEqual([1]);
});

test("limits by simulation keep their rate on new windows: one false alarm in 100 at most doubles", () => {
  const random = seededRandom(3);
  const features = weights.length + 1;
  // Distances of one sort and another: skewed, and moving together in threes.
  const vector = () => {
    const shared = [random(), random(), random(), random(), random()];
    return Float64Array.from({ length: features }, (_, k) => (random() + (shared[k % 5] ?? 0)) ** 2);
  };
  const options = { ...params.chart, windowsPerFalseAlarm: { drift: 100, performance: 100 } };
  let [alarms, windows] = [0, 0];
  for (let desk = 0; desk < 12; desk += 1) {
    const chunks = {
      sets: [Array.from({ length: 60 }, vector)],
      realChunks: 60,
      isWarmingUp: false,
      referenceWindows: 60,
      usualAudits: 0,
      leastDeviations: new Float64Array(),
    };
    const limits = bootstrapLimits(chunks, weights, options, random);
    const scale = distanceScale(chunks.sets.flat());
    let smoothed: ArrayLike<number> = [];
    const [suite, single]: [number[], number[]] = [[], []];
    for (let window = 0; window < 200; window += 1) {
      smoothed = smoothScores(smoothed, scaleDistances(vector(), scale), options.smoothing);
      suite.push(suiteLevel(smoothed, weights, options.driftShare));
      single.push(singleLevel(smoothed, weights));
    }
    const [a, b] = [
      persistentLevels(suite, options.persistence),
      persistentLevels(single, options.persistence),
    ];
    const above = a.map((level, k) => level >= limits.suite || Number(b[k]) >= limits.single);
    alarms += above.filter((is, k) => is && !above[k - 1]).length;
    windows += above.length;
  }
  expect(alarms / windows).toBeLessThan(0.02);
  expect(alarms / windows).toBeGreaterThan(0.001);
});

test("without enough history the chart warms up, with a wider limit", () => {
  const rows = drawRows({ random: seededRandom(4), count: 6_200 });
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3 };
  const profile = buildProfile(rows, { ...options, isHistory: true }, seededRandom(5));
  const known = createChart(profile, weights, params, 1).usualFor(200);
  expect(known).toMatchObject({ isWarmingUp: false, realChunks: 35 });
  const labelled = buildProfile(rows.slice(0, 600), { ...options, isHistory: false }, seededRandom(5));
  const fresh = createChart(labelled, weights, params, 1).usualFor(200);
  expect(fresh).toMatchObject({ isWarmingUp: true, realChunks: 0 });
  expect(fresh.limits.suite).toBeGreaterThan(known.limits.suite);
});

test("what is usual between two sizes lies between them, and does not depend on the order of the windows", () => {
  const rows = drawRows({ random: seededRandom(6), count: 9_000 });
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
  const profile = buildProfile(rows, options, seededRandom(7));
  const [one, other] = [createChart(profile, weights, params, 1), createChart(profile, weights, params, 1)];
  const forwards = [200, 215, 240].map((size) => one.usualFor(size).scale.means[0] ?? 0);
  const backwards = [240, 215, 200].map((size) => other.usualFor(size).scale.means[0] ?? 0).reverse();
  expect(forwards).toEqual(backwards);
  // Smaller windows are farther off without any drift.
  expect(forwards).toEqual([...forwards].sort((a, b) => b - a));
});

test("thirty full windows of history are enough for a full window", () => {
  const small = { ...params, windows: { ...params.windows, maxRows: 200 } };
  const rows = drawRows({ random: seededRandom(8), count: 6_000 });
  const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
  const profile = buildProfile(rows, options, seededRandom(9));
  const chart = createChart(profile, weights, small, 1);
  for (const size of [200, 205]) expect(chart.usualFor(size).isWarmingUp).toBe(false);
});

test("a scale of few real chunks is not trusted: the fewer, the wider the limit of a single feature", () => {
  const random = seededRandom(11);
  const sets = Array.from({ length: 20 }, () =>
    Array.from({ length: 12 }, () =>
      Float64Array.from({ length: weights.length + 3 }, () => random() + random()),
    ),
  );
  const leastDeviations = new Float64Array();
  const limitOf = (realChunks: number) =>
    bootstrapLimits(
      { sets, realChunks, isWarmingUp: true, referenceWindows: 20, usualAudits: 0, leastDeviations },
      weights,
      params.chart,
      seededRandom(12),
    );
  const [few, more, many] = [8, 16, 1_000].map(limitOf);
  expect(few?.single).toBeGreaterThan(1.1 * Number(more?.single));
  expect(more?.single).toBeGreaterThan(1.05 * Number(many?.single));
  expect(few?.shares).toBeGreaterThan(Number(many?.shares));
});
