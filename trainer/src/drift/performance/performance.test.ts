import { expect, test } from "vitest";
import type { WindowSummary } from "../reference/window-summary.ts";
import { seededRandom } from "../seeded-random.ts";
import { addAuditedErrors, eValues, noEvidence } from "./error-detector.ts";
import { estimatePerformance } from "./estimate-performance.ts";

const options = { toleratedRate: 0.24, rises: [0.05, 0.1, 0.2] };

test("one audited error multiplies each bet by its likelihood ratio", () => {
  const { wealth } = addAuditedErrors(noEvidence, [true], options);
  expect(wealth).toEqual([0.29 / 0.24, 0.34 / 0.24, 0.44 / 0.24].map((factor) => expect.closeTo(factor, 12)));
});

test("a model that is as good as before raises the anytime alarm in at most one life of a hundred", () => {
  const random = seededRandom(1);
  let alarms = 0;
  for (let life = 0; life < 500; life += 1) {
    let evidence = noEvidence;
    let highest = 0;
    for (let window = 0; window < 30; window += 1) {
      evidence = addAuditedErrors(
        evidence,
        Array.from({ length: 50 }, () => random() < 0.24),
        options,
      );
      highest = Math.max(highest, eValues(evidence).anytime);
    }
    if (highest >= 100) alarms += 1;
  }
  // Binomial(500, .01): more than 12 has a chance of .2 %.
  expect(alarms).toBeLessThanOrEqual(12);
});

test("after a long good time a rise of ten points is found by the evidence that begins again", () => {
  const random = seededRandom(2);
  const audits = (rate: number, count: number) => Array.from({ length: count }, () => random() < rate);
  let found = 0;
  for (let life = 0; life < 100; life += 1) {
    let evidence = addAuditedErrors(noEvidence, audits(0.23, 3_000), options);
    expect(eValues(evidence).anytime).toBeLessThan(100);
    evidence = addAuditedErrors(evidence, audits(0.33, 600), options);
    if (eValues(evidence).sinceRestart >= 200) found += 1;
  }
  expect(found).toBeGreaterThan(85);
});

test("evidence is the same in one piece and in several, and through JSON", () => {
  const errors = Array.from({ length: 40 }, (_, k) => k % 3 === 0);
  const whole = addAuditedErrors(noEvidence, errors, options);
  const half = JSON.parse(JSON.stringify(addAuditedErrors(noEvidence, errors.slice(0, 17), options)));
  expect(addAuditedErrors(half, errors.slice(17), options)).toEqual(whole);
  expect(() => addAuditedErrors(noEvidence, [true], { ...options, toleratedRate: 1 })).toThrow(RangeError);
});

test("the estimated performance is the real one where probabilities are calibrated", () => {
  const random = seededRandom(3);
  const summary = { rows: 0, queue: [0, 0, 0], expectedHits: [0, 0], expectedRows: [0, 0] };
  const [hits, truth] = [
    [0, 0],
    [0, 0],
  ];
  for (let row = 0; row < 20_000; row += 1) {
    const first = random();
    const predicted = first >= 0.5 ? 0 : 1;
    const real = random() < first ? 0 : 1;
    summary.rows += 1;
    summary.queue[predicted]! += 1;
    summary.expectedHits[predicted]! += predicted === 0 ? first : 1 - first;
    summary.expectedRows[0]! += first;
    summary.expectedRows[1]! += 1 - first;
    truth[real]! += 1;
    if (real === predicted) hits[predicted]! += 1;
  }
  const estimated = estimatePerformance(summary as unknown as WindowSummary);
  const f1 = [0, 1].map((k) => (2 * hits[k]!) / (summary.queue[k]! + truth[k]!));
  expect(estimated.macroF1).toBeCloseTo((f1[0]! + f1[1]!) / 2, 1);
  expect(Math.abs(estimated.accuracy - (hits[0]! + hits[1]!) / 20_000)).toBeLessThan(0.01);
});

test("a limit of 200 raises under one false alarm in 300 windows of 100 audits, without end", () => {
  const random = seededRandom(5);
  let [evidence, alarms, wasAbove] = [noEvidence, 0, false];
  for (let window = 0; window < 3_000; window += 1) {
    const errors = Array.from({ length: 100 }, () => random() < 0.23);
    evidence = addAuditedErrors(evidence, errors, options);
    const isAbove = eValues(evidence).sinceRestart >= 200;
    if (isAbove && !wasAbove) alarms += 1;
    wasAbove = isAbove;
  }
  expect(alarms).toBeLessThan(10);
});
