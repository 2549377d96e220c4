import { expect, test } from "vitest";
import { drawRows } from "../fixtures/draw-rows.ts";
import { seededRandom } from "../seeded-random.ts";
import { domainClassifier } from "./domain-classifier.ts";
import { explainDrift } from "./explain-drift.ts";
import { maximumMeanDiscrepancy } from "./maximum-mean-discrepancy.ts";
import { movedWords } from "./moved-words.ts";

const vectors = (seed: number, count: number, foreign = 0) =>
  drawRows({ random: seededRandom(seed), count, foreign }).flatMap(({ embedding }) =>
    embedding ? [embedding] : [],
  );

test("nobody tells two samples of one desk apart: AUC near .5, and p keeps its level at unequal sizes", () => {
  const found = Array.from(
    { length: 60 },
    (_, k) => domainClassifier(vectors(k, 120), vectors(1_000 + k, 60)).statistic,
  );
  const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  // Folds share a fit, so p is a little small: up to 15 % below .05 are let pass here.
  expect(found.filter(({ pValue }) => Number(pValue) < 0.05).length / found.length).toBeLessThan(0.15);
});

test("a new topic is told apart, and its tickets score highest", () => {
  const { statistic, windowScores } = domainClassifier(vectors(1, 200), vectors(2, 200, 0.4));
  expect(statistic.value).toBeGreaterThan(0.62);
  expect(Number(statistic.pValue)).toBeLessThan(1e-4);
  expect(windowScores).toHaveLength(200);
  expect(() => domainClassifier(vectors(1, 3), vectors(2, 9))).toThrow("four rows");
});

test("MMD's p is uniform where nothing moved, at unequal sizes, and smallest where it did", () => {
  const random = seededRandom(4);
  const ps = Array.from(
    { length: 100 },
    (_, k) => maximumMeanDiscrepancy(vectors(k, 40), vectors(500 + k, 20), 99, random).pValue ?? 0,
  );
  expect(ps.filter((p) => p <= 0.1).length).toBeLessThan(20);
  expect(ps.filter((p) => p <= 0.5).length).toBeGreaterThan(30);
  expect(maximumMeanDiscrepancy(vectors(1, 80), vectors(2, 60, 0.5), 99, random).pValue).toBe(0.01);
});

test("words: what rose and what fell, placeholders passed over", () => {
  const before = [...new Array(90).fill("the wifi is slow [EMAIL_1]"), ...new Array(10).fill("printer jams")];
  const now = [
    ...new Array(30).fill("the wifi is slow [EMAIL_1]"),
    ...new Array(70).fill("refund my invoice"),
  ];
  const { up, down } = movedWords(before, now, 3);
  expect(up.map(({ word }) => word).sort()).toEqual(["invoice", "refund"].sort());
  expect(up[0]).toMatchObject({ referenceShare: 0, windowShare: 0.7 });
  expect(down.map(({ word }) => word)).toContain("wifi");
  expect(JSON.stringify({ up, down })).not.toContain("email");
});

test("an explanation names tickets of the new topic first, each kind once", () => {
  const before = drawRows({ random: seededRandom(5), count: 300 });
  const now = drawRows({ random: seededRandom(6), count: 200, foreign: 0.3 });
  const explanation = explainDrift(before, now, 1);
  expect(explanation.tickets[0]?.text).toContain("invoice");
  expect(explanation.words.up.map(({ word }) => word)).toContain("invoice");
  expect(explainDrift(before, now, 1)).toEqual(explanation);
  expect(explainDrift([], now, 1)).toMatchObject({ domainClassifier: null, tickets: [] });
});
