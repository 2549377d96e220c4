import { expect, test } from "vitest";
import { drawnSchema, drawRows } from "../fixtures/draw-rows.ts";
import { type Random, seededRandom } from "../seeded-random.ts";
import type { AuditedPrediction } from "../windows/audited-prediction.ts";
import { addAuditSummary, summariseAudits } from "./audit-summary.ts";
import { auditedShareGaps } from "./audited-share-gaps.ts";
import { buildProfile } from "./build-profile.ts";
import { encodeRow } from "./encode-row.ts";
import { summariseRows } from "./window-summary.ts";

const [network = "", hardware = ""] = drawnSchema.queues;

/** Rows, and audits of some of them; a label is drawn by the row's probabilities, so that those are calibrated. */
function drawDesk(random: Random, rows: number, audits: number, share?: number) {
  const drawn = drawRows({ random, count: rows, ...(share ? { network: share } : {}) });
  const audited = drawn.slice(0, audits).map(({ at, queue, queueProbabilities }): AuditedPrediction => {
    const label = random() < (queueProbabilities[0] ?? 0) ? network : hardware;
    return { at, queue, label, isWrong: label !== queue, queueProbabilities };
  });
  return { drawn, audited };
}

const known = drawDesk(seededRandom(1), 8_000, 4_000);
const options = { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true };
const profile = buildProfile(known.drawn, { ...options, audited: known.audited }, seededRandom(2));
const gapsOf = (seed: number, audits: number, share?: number) => {
  const { drawn, audited } = drawDesk(seededRandom(seed), 600, audits, share);
  const rows = drawn.map((row) => encodeRow(row, profile.encoding));
  return auditedShareGaps(summariseRows(rows, profile.encoding, audited), profile.total);
};
const momentsOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
};

// The seeds of windows begin at 100, away from the reference's.
test.each([30, 100, 300])(
  "without a shift gaps of %i audits are 0 on average, and spread less than so many draws",
  (audits) => {
    const { mean, deviation } = momentsOf(
      Array.from({ length: 200 }, (_, k) => gapsOf(100 + k, audits)[0] ?? Number.NaN),
    );
    // Three standard errors of a mean of 200, and the reference's own error.
    expect(Math.abs(mean)).toBeLessThan(3 * deviation * Math.sqrt(1 / 200 + audits / 4_000));
    // What the model knows of the drawn tickets is taken off: half of the variance here, so .75 of the deviation at most.
    expect(deviation).toBeLessThan(0.9);
    expect(deviation).toBeGreaterThan(0.4);
  },
);

test("ten points of a queue are ten points of the labels, in deviations of so many draws, with their sign", () => {
  const { mean } = momentsOf(
    Array.from({ length: 100 }, (_, k) => gapsOf(500 + k, 200, 0.5)[0] ?? Number.NaN),
  );
  // A ticket of either queue has a probability of .825 on average: the label's share falls from .6 x .825 + .4 x .175 = .565 to .5.
  expect(mean).toBeCloseTo(-0.065 * Math.sqrt(200 / (0.565 * 0.435)), 0);
  expect(mean).toBeLessThan(-1);
});

test("too few audits say nothing", () => {
  expect([...gapsOf(100, 19)]).toEqual([Number.NaN, Number.NaN]);
  expect(gapsOf(100, 20).some(Number.isNaN)).toBe(false);
  expect(auditedShareGaps(profile.total, summariseRows([], profile.encoding))[0]).toBeNaN();
});

test("audits are additive, a label of no known queue counts as an audit, and one without probabilities does not", () => {
  const { audited } = drawDesk(seededRandom(3), 60, 60);
  const whole = summariseAudits(audited, drawnSchema.queues);
  const rest = summariseAudits(audited, drawnSchema.queues);
  addAuditSummary(rest, summariseAudits(audited.slice(0, 25), drawnSchema.queues), -1);
  expect(rest.audits).toBe(35);
  expect(rest.labels).toEqual(summariseAudits(audited.slice(25), drawnSchema.queues).labels);
  const foreign = audited.map((audit) => ({ ...audit, label: "facilities" }));
  expect(summariseAudits(foreign, drawnSchema.queues)).toMatchObject({
    audits: 60,
    labels: new Float64Array(2),
  });
  expect(
    summariseAudits(
      foreign.map((audit) => ({ ...audit, queueProbabilities: [] })),
      drawnSchema.queues,
    ).audits,
  ).toBe(0);
  expect(whole.audits).toBe(60);
});
