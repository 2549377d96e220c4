import { expect, test } from "vitest";
import type { WindowSummary } from "../reference/window-summary.ts";
import { seededRandom } from "../seeded-random.ts";
import { addAuditedErrors } from "./add-audited-errors.ts";
import { addAudits, type ErrorEvidence, eValues, mostSuspectQueue, noEvidence } from "./error-detector.ts";
import { estimatePerformance } from "./estimate-performance.ts";
import { toleratedRate } from "./tolerated-rate.ts";

const options = { toleratedRate: 0.24, rises: [0.05, 0.1, 0.2], queues: {}, queueRises: [0.1, 0.2] };
const addErrors = (evidence: ErrorEvidence, errors: readonly boolean[], by = options) =>
  addAudits(
    evidence,
    errors.map((isWrong) => ({ queue: "network", isWrong })),
    by,
  );

test("one audited error multiplies each bet by its likelihood ratio", () => {
  const { wealth } = addErrors(noEvidence, [true], options);
  expect(wealth).toEqual([0.29 / 0.24, 0.34 / 0.24, 0.44 / 0.24].map((factor) => expect.closeTo(factor, 12)));
});

test("a model that is as good as before raises the anytime alarm in at most one life of a hundred", () => {
  const random = seededRandom(1);
  let alarms = 0;
  for (let life = 0; life < 500; life += 1) {
    let evidence = noEvidence;
    let highest = 0;
    for (let window = 0; window < 30; window += 1) {
      evidence = addErrors(
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
    let evidence = addErrors(noEvidence, audits(0.23, 3_000), options);
    expect(eValues(evidence).anytime).toBeLessThan(100);
    evidence = addErrors(evidence, audits(0.33, 600), options);
    if (eValues(evidence).sinceRestart >= 200) found += 1;
  }
  expect(found).toBeGreaterThan(85);
});

test("evidence is the same in one piece and in several, and through JSON", () => {
  const errors = Array.from({ length: 40 }, (_, k) => k % 3 === 0);
  const whole = addErrors(noEvidence, errors, options);
  const half = JSON.parse(JSON.stringify(addErrors(noEvidence, errors.slice(0, 17), options)));
  expect(addErrors(half, errors.slice(17), options)).toEqual(whole);
  expect(() => addErrors(noEvidence, [true], { ...options, toleratedRate: 1 })).toThrow(RangeError);
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
    evidence = addErrors(evidence, errors, options);
    const isAbove = eValues(evidence).sinceRestart >= 200;
    if (isAbove && !wasAbove) alarms += 1;
    wasAbove = isAbove;
  }
  expect(alarms).toBeLessThan(10);
});

const queues = ["a", "b", "c", "d", "e"];
const ofQueues = {
  ...options,
  queues: Object.fromEntries(queues.map((queue) => [queue, { toleratedRate: 0.24, share: 0.2 }])),
};
/** Audits spread over five queues; those of the first are wrong at a rate of their own. */
const auditsOf = (random: () => number, count: number, rateOfFirst: number) =>
  Array.from({ length: count }, () => {
    const at = Math.floor(random() * queues.length);
    return { queue: queues[at] ?? "", isWrong: random() < (at === 0 ? rateOfFirst : 0.23) };
  });

test("each queue has bets of its own: half of the evidence, by its share", () => {
  const { byQueue, wealth } = addAudits(noEvidence, [{ queue: "b", isWrong: true }], ofQueues);
  const ofB = [0.34, 0.44].map((rate) => rate / 0.24);
  expect(byQueue.b?.wealth).toEqual(ofB.map((factor) => expect.closeTo(factor, 12)));
  expect(byQueue.a).toMatchObject({ audits: 0, wealth: [1, 1], stake: 0.2 });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { anytime } = eValues({ ...noEvidence, byQueue, wealth });
  expect(anytime).toBeCloseTo((mean(wealth) + (4 + mean(ofB)) / 5) / 2, 12);
});

test("the order in which a stored state names its queues changes no bit of the evidence", () => {
  const random = seededRandom(9);
  for (let life = 0; life < 50; life += 1) {
    const { byQueue, ...rest } = addAudits(noEvidence, auditsOf(random, 400, 0.4), ofQueues);
    const turned = { ...rest, byQueue: Object.fromEntries(Object.entries(byQueue).reverse()) };
    expect(eValues(turned)).toEqual(eValues({ ...rest, byQueue }));
  }
});

test("with bets by queue a good model raises the anytime alarm in at most one life of a hundred too", () => {
  const random = seededRandom(6);
  let alarms = 0;
  for (let life = 0; life < 300; life += 1) {
    let [evidence, highest] = [noEvidence, 0];
    for (let window = 0; window < 30; window += 1) {
      evidence = addAudits(evidence, auditsOf(random, 60, 0.23), ofQueues);
      highest = Math.max(highest, eValues(evidence).anytime);
    }
    if (highest >= 100) alarms += 1;
  }
  // Binomial(300, .01): more than 8 has a chance of .3 %.
  expect(alarms).toBeLessThanOrEqual(8);
});

test("errors of one queue in five that double are found sooner by its own bets, and it is named", () => {
  const random = seededRandom(7);
  let [own, together] = [0, 0];
  for (let life = 0; life < 100; life += 1) {
    const good = auditsOf(random, 300, 0.23);
    const bad = auditsOf(random, 500, 0.5);
    const after = (by: typeof ofQueues | typeof options) =>
      addAudits(addAudits(noEvidence, good, by), bad, by);
    if (eValues(after(ofQueues)).sinceRestart >= 200) own += 1;
    if (eValues(after(options)).sinceRestart >= 200) together += 1;
    if (life === 0) expect(mostSuspectQueue(after(ofQueues))).toBe("a");
  }
  expect(own).toBeGreaterThan(90);
  expect(together).toBeLessThan(60);
  expect(mostSuspectQueue(noEvidence)).toBeNull();
});

test("a rate is tolerated up to a rise, and up to what few rows leave open", () => {
  const by = { rise: 0.01, standardErrors: 1.645 };
  // scipy 1.15: binomtest(20, 100).proportion_ci(.9, method="wilson").high is .273304, with a normal quantile of 1.644854.
  expect(toleratedRate({ rows: 100, wrong: 20 }, by)).toBeCloseTo(0.27331, 5);
  expect(toleratedRate({ rows: 1_000_000, wrong: 200_000 }, by)).toBeCloseTo(0.21, 12);
  expect(toleratedRate({ rows: 5, wrong: 0 }, by)).toBeGreaterThan(0.3);
  expect(toleratedRate({ rows: 5, wrong: 5 }, by)).toBe(0.98);
  expect(toleratedRate({ rows: 0, wrong: 0 }, by)).toBeNull();
});

test("a count was lucky in one case of ten at most where 1.3 standard errors are tolerated", () => {
  const random = seededRandom(8);
  for (const rows of [40, 150, 600]) {
    let lucky = 0;
    for (let trial = 0; trial < 2_000; trial += 1) {
      let wrong = 0;
      for (let row = 0; row < rows; row += 1) if (random() < 0.23) wrong += 1;
      if (Number(toleratedRate({ rows, wrong }, { rise: 0, standardErrors: 1.3 })) < 0.23) lucky += 1;
    }
    expect(lucky / 2_000).toBeLessThan(0.13);
  }
});

test("audits of usual windows are counted into what the model was proven with, by predicted queue", () => {
  const proven = { rows: 10, wrong: 2, byQueue: { network: { rows: 10, wrong: 2 } } };
  const audited = [
    { queue: "network", isWrong: true },
    { queue: "network", isWrong: false },
    { queue: "hardware", isWrong: false },
  ];
  expect(addAuditedErrors(proven, audited)).toEqual({
    rows: 13,
    wrong: 3,
    byQueue: { network: { rows: 12, wrong: 3 }, hardware: { rows: 1, wrong: 0 } },
  });
  expect(proven.byQueue.network).toEqual({ rows: 10, wrong: 2 });
});
