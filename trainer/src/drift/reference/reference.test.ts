import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { normedWasserstein } from "../statistics/normed-wasserstein.ts";
import { buildProfile } from "./build-profile.ts";
import { encodeRow } from "./encode-row.ts";
import { derivedNames, featureDistances, featureNames } from "./feature-distances.ts";
import { kMeans, nearestCentroid } from "./k-means.ts";
import { meanGap, meanMetric } from "./mean-metric.ts";
import { gridPosition, numberGrid } from "./number-grid.ts";
import { addSummary, emptySummary, summariseRows } from "./window-summary.ts";

const options = { schema: drawnSchema, clusters: 6, sampleRows: 800, ridge: 3, isHistory: true };
const rows = drawRows({ random: seededRandom(1), count: 1_500 });
const profile = buildProfile(rows, options, seededRandom(2));
const { encoding } = profile;
const summarise = (drawn: typeof rows) =>
  summariseRows(
    drawn.map((row) => encodeRow(row, encoding)),
    encoding,
  );

test("k-means finds clusters that are far apart", () => {
  const vectors = Array.from({ length: 90 }, (_, k) => Float32Array.from([10 * (k % 3), (k % 7) / 10]));
  const centroids = kMeans(vectors, 3, seededRandom(1));
  const owners = vectors.map((vector) => nearestCentroid(vector, centroids).index);
  expect(new Set(owners).size).toBe(3);
  expect(owners.every((owner, k) => owner === owners[k % 3])).toBe(true);
});

test("k-means of fewer distinct vectors than centroids has as many as there are", () => {
  const vectors = [Float32Array.from([1]), Float32Array.from([1]), Float32Array.from([2])];
  expect(kMeans(vectors, 5, seededRandom(1)).count).toBe(2);
  expect(() => kMeans([], 5, seededRandom(1))).toThrow(RangeError);
});

test("a grid keeps distinct values, and distances beyond its ends", () => {
  const grid = numberGrid([0, 1, 1, 2]);
  expect(grid.points).toContain(1);
  expect(grid.points[gridPosition(grid, 1.2)]).toBe(1);
  expect(grid.points[gridPosition(grid, 1e9)]).toBe(grid.points.at(-1));
  expect(Number(grid.points[gridPosition(grid, 2 + 8 * grid.deviation)])).toBeGreaterThan(
    2 + 4 * grid.deviation,
  );
  expect(() => numberGrid([])).toThrow(RangeError);
});

test("distances of numbers are the normed Wasserstein distance, up to the grid's rounding", () => {
  const window = drawRows({ random: seededRandom(3), count: 400, longer: 0.5 });
  const distances = featureDistances(summarise(window), profile.total, encoding);
  const exact = normedWasserstein(
    rows.map(({ numeric }) => numeric[0] ?? 0),
    window.map(({ numeric }) => numeric[0] ?? 0),
  ).value;
  expect(distances[0]).toBeCloseTo(exact, 1);
  expect(Math.abs(Number(distances[0]) - exact)).toBeLessThan(0.02);
});

test("summaries add up: the whole without a part is the rest", () => {
  const [part, rest] = [summarise(rows.slice(0, 500)), summarise(rows.slice(500))];
  const whole = emptySummary(encoding);
  addSummary(whole, profile.total, 1);
  addSummary(whole, part, -1);
  expect(whole.rows).toBe(rest.rows);
  expect(whole.queue).toEqual(rest.queue);
  expect(whole.numbers).toEqual(rest.numbers);
  expect(whole.vectorSum[0]).toBeCloseTo(rest.vectorSum[0] ?? 0, 6);
});

test("with a large ridge T is the plain squared distance less the part that sampling adds", () => {
  const vectors = rows.flatMap(({ embedding }) => (embedding ? [embedding] : []));
  const metric = meanMetric(vectors, 1e9);
  const mean = (of: readonly Float32Array[]) =>
    Float64Array.from(
      { length: 12 },
      (_, k) => of.reduce((sum, vector) => sum + (vector[k] ?? 0), 0) / of.length,
    );
  const [all, some] = [mean(vectors), mean(vectors.slice(0, 100))];
  const gap = some.map((value, k) => value - (all[k] ?? 0));
  const trace = vectors.reduce(
    (sum, vector) =>
      sum + vector.reduce((total, value, k) => total + (value - (all[k] ?? 0)) ** 2, 0) / vectors.length,
    0,
  );
  const added = (1e9 * trace) / 12;
  const plain = gap.reduce((sum, value) => sum + value * value, 0) - trace / 100;
  expect(meanGap(gap, 100, metric) * added).toBeCloseTo(plain, 6);
});

test("T is 0 on average where nothing moved, whatever the window's size", () => {
  for (const size of [50, 200]) {
    const values = Array.from({ length: 200 }, (_, k) => {
      const window = summarise(drawRows({ random: seededRandom(100 + k), count: size }));
      return (
        featureDistances(window, profile.total, encoding)[3 + derivedNames.indexOf("embedding_mean") + 0] ?? 0
      );
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    // The reference's own 1,500 rows add a little.
    expect(Math.abs(mean)).toBeLessThan(0.6 * deviation);
  }
});

test("a topic that was never there moves mean, occupancy and novelty; unknown labels count as other", () => {
  const names = featureNames(encoding);
  const of = (drawn: typeof rows, name: string) =>
    featureDistances(summarise(drawn), profile.total, encoding)[names.indexOf(name)] ?? 0;
  const [same, foreign] = [
    drawRows({ random: seededRandom(5), count: 500 }),
    drawRows({ random: seededRandom(5), count: 500, foreign: 0.2 }),
  ];
  for (const name of ["embedding_mean", "embedding_occupancy", "novelty_share"]) {
    expect(of(foreign, name), name).toBeGreaterThan(of(same, name));
  }
  const renamed = same.map((row) => ({ ...row, queue: "something new" }));
  expect(of(renamed, "predicted_queue")).toBeCloseTo(Math.sqrt(Math.LN2), 6);
});

test("missing values and vectors are passed over, and nothing to compare is NaN", () => {
  const bare = drawRows({ random: seededRandom(6), count: 50 }).map((row) => ({
    ...row,
    embedding: null,
    numeric: [Number.NaN, 1, 0],
  }));
  const distances = featureDistances(summarise(bare), profile.total, encoding);
  const names = featureNames(encoding);
  for (const name of ["length", "embedding_mean", "embedding_occupancy", "novelty_share"]) {
    expect(distances[names.indexOf(name)], name).toBeNaN();
  }
  expect(distances[names.indexOf("predicted_queue")]).not.toBeNaN();
});

test("of a hundred fresh rows about one is new, however few the reference has", () => {
  for (const count of [300, 1_500]) {
    const few = drawRows({ random: seededRandom(7), count });
    const { encoding: placed } = buildProfile(few, { ...options, clusters: 32 }, seededRandom(8));
    const fresh = drawRows({ random: seededRandom(9), count: 4_000 });
    const summary = summariseRows(
      fresh.map((row) => encodeRow(row, placed)),
      placed,
    );
    // The 1 % quantile of 300 rows rests on three of them.
    expect(summary.novel / summary.embedded, String(count)).toBeLessThan(0.02);
  }
});
