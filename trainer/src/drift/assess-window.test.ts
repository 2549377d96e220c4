import { expect, test } from "vitest";
import { assessWindow } from "./assess-window.ts";
import { createChart } from "./chart/create-chart.ts";
import { featureWeights } from "./chart/feature-weights.ts";
import { diagnose } from "./diagnose.ts";
import { defaultDriftParams } from "./drift-params.ts";
import {
  type DriftState,
  initialDriftState,
  recordNewModel,
  recordRefusal,
  recordTraining,
} from "./drift-state.ts";
import { type Draw, drawnSchema, drawRows } from "./fixtures/draw-rows.ts";
import { mayTrain } from "./may-train.ts";
import { buildProfile } from "./reference/build-profile.ts";
import { replayWindows } from "./replay-windows.ts";
import { seededRandom } from "./seeded-random.ts";
import type { AuditedPrediction } from "./windows/audited-prediction.ts";
import { cutWindows } from "./windows/cut-windows.ts";
import type { DriftRow } from "./windows/drift-row.ts";

const params = {
  ...defaultDriftParams,
  reference: { ...defaultDriftParams.reference, clusters: 6, sampleRows: 500 },
};
const day = 86_400_000;
const random = seededRandom(1);
const profile = buildProfile(
  drawRows({ random, count: 12_000 }),
  { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true },
  random,
);
const weights = featureWeights(
  drawnSchema,
  { numeric: { length: 0.2, digits: 0.1, greeting: 0.1 }, embedding: 0.6 },
  params.weights,
);
const chart = createChart(profile, weights, params, 1);

const audit = (queue: string, isWrong: boolean): AuditedPrediction => ({
  at: 0,
  queue,
  label: isWrong ? "another" : queue,
  isWrong,
  queueProbabilities: [],
});

/** 300 rows in seven days, from `start` on. */
const weekOf = (start: number, draw: Partial<Draw> = {}) =>
  drawRows({ random, count: 300, start, stepMs: Math.floor((7 * day) / 301), ...draw });
const windowOf = (rows: readonly DriftRow[], start = 0) => ({
  start,
  end: start + 7 * day,
  rows,
  enough: rows.length >= 200,
});
const assess = (rows: readonly DriftRow[], state: DriftState = initialDriftState, start = 0) =>
  assessWindow({ window: windowOf(rows, start), chart, state });

function run(weeks: number, draw: Partial<Draw>, state = initialDriftState) {
  const diagnoses: string[] = [];
  let at = state;
  let last = assess(weekOf(0, draw), at);
  for (let week = 0; week < weeks; week += 1) {
    last = assess(weekOf(week * 7 * day, draw), at, week * 7 * day);
    at = last.state;
    diagnoses.push(last.assessment.diagnosis);
  }
  return { diagnoses, state: at, last: last.assessment };
}

test("weeks without a shift are stable", () => {
  expect(new Set(run(12, {}).diagnoses)).toEqual(new Set(["stable"]));
});

test.each([
  ["a topic that was never there, 20 %", { foreign: 0.2 }],
  ["fifteen points more of a queue", { network: 0.75 }],
  ["longer texts", { longer: 0.8 }],
])("%s: drift within five weeks, with its numbers and its reason", (_, draw) => {
  const { diagnoses, last } = run(5, draw);
  expect(diagnoses).toContain("drift");
  expect(last.training.wanted).toBe(true);
  expect(last.reason).toMatch(/>= \d/);
});

test("one odd week alone is no drift", () => {
  const { state } = run(3, {});
  const odd = assess(weekOf(21 * day, { foreign: 0.3 }), state, 21 * day);
  const after = assess(weekOf(28 * day), odd.state, 28 * day);
  expect([odd.assessment.diagnosis, after.assessment.diagnosis]).toEqual(["stable", "stable"]);
});

test("too few rows are not enough data, and nothing else", () => {
  const { assessment, state } = assess(weekOf(0).slice(0, 150));
  expect(assessment).toMatchObject({
    diagnosis: "not_enough_data",
    chart: null,
    training: { wanted: false },
  });
  expect(state).toEqual({ ...initialDriftState, windowEnd: 7 * day });
});

test("a data fault is told and leaves the chart as it was", () => {
  const { state } = run(2, {});
  const broken = weekOf(14 * day, { foreign: 0.5 }).map((row) => ({ ...row, embedding: null }));
  const step = assess(broken, state, 14 * day);
  expect(step.assessment).toMatchObject({
    diagnosis: "data_fault",
    training: { wanted: false },
    chart: null,
  });
  expect(step.assessment.reason).toContain("lack embedding");
  expect(step.state.smoothed).toEqual(state.smoothed);
});

test("one incident with many tickets is a burst: neither drift nor training data", () => {
  const rows = weekOf(0);
  const copies = Array.from({ length: 100 }, (_, k) => ({
    ...rows[150]!,
    id: `copy${k}`,
    at: rows[150]!.at + k,
    embedding: rows[150]!.embedding,
  }));
  const { assessment } = assess([...rows, ...copies].sort((a, b) => a.at - b.at));
  expect(assessment.diagnosis).toBe("burst");
  expect(assessment.bursts[0]?.rows).toBe(101);
  expect(assessment.burstIds).toContain("copy99");
  expect(assessment.window.duplicates).toBeGreaterThanOrEqual(100);
});

test("audited errors alone are a performance alarm, also where no feature moved", () => {
  let state = initialDriftState;
  const found: string[] = [];
  for (let week = 0; week < 6; week += 1) {
    const audited = Array.from({ length: 100 }, (_, k) => audit("network", k % 5 < 2));
    const step = assessWindow({
      window: windowOf(weekOf(week * 7 * day), week * 7 * day),
      chart,
      state,
      audits: { audited, reference: { rows: 1_000, wrong: 230, byQueue: {} } },
    });
    state = step.state;
    found.push(step.assessment.diagnosis);
  }
  expect(found.at(-1)).toBe("performance_alarm");
});

test("errors of one queue are a performance alarm that names it, where those of all hardly rise", () => {
  const byQueue = { network: { rows: 600, wrong: 120 }, hardware: { rows: 400, wrong: 80 } };
  const reference = { rows: 1_000, wrong: 200, byQueue };
  const audited = Array.from({ length: 60 }, (_, k) => {
    const isNetwork = k % 6 === 0;
    // Half of the network's, and a sixth of the others: 22 % of all.
    return isNetwork ? audit("network", k % 12 === 0) : audit("hardware", k % 6 === 1);
  });
  let [state, found] = [initialDriftState, assess(weekOf(0)).assessment];
  for (let week = 0; week < 8; week += 1) {
    const window = windowOf(weekOf(week * 7 * day), week * 7 * day);
    const step = assessWindow({ window, chart, state, audits: { audited, reference } });
    [state, found] = [step.state, step.assessment];
  }
  expect(found.diagnosis).toBe("performance_alarm");
  expect(found.reason).toContain("most against network, 40 of 80 wrong");
  expect(found.errors.suspect).toMatchObject({ queue: "network", audits: 80, errors: 40 });
});

test("probabilities that grow unsure are a performance alarm without a label", () => {
  let state = initialDriftState;
  const found: string[] = [];
  for (let week = 0; week < 5; week += 1) {
    const unsure = weekOf(week * 7 * day).map((row) => ({
      ...row,
      queueProbabilities: row.queueProbabilities.map((p) => 0.5 + (p - 0.5) * 0.6),
    }));
    const step = assess(unsure, state, week * 7 * day);
    state = step.state;
    found.push(step.assessment.diagnosis);
  }
  expect(found).toContain("performance_alarm");
});

test("state goes through JSON between windows without a difference, and assessing is deterministic", () => {
  const rows = weekOf(21 * day, { foreign: 0.1 });
  const { state } = run(3, {});
  const direct = assess(rows, state, 21 * day);
  const restored = assess(rows, JSON.parse(JSON.stringify(state)), 21 * day);
  expect(restored).toEqual(direct);
  expect(JSON.parse(JSON.stringify(direct.assessment))).toEqual(direct.assessment);
});

test("a replay is what the cycles would have said, with trainings held back by the cool-down", () => {
  const rows = Array.from({ length: 9 }, (_, week) =>
    weekOf(week * 7 * day, { foreign: week < 3 ? 0 : 0.25 }),
  ).flat();
  const whole = replayWindows({ rows, start: 0, now: 63 * day, chart, state: initialDriftState });
  const half = replayWindows({ rows, start: 0, now: 30 * day, chart, state: initialDriftState });
  const from = half.state.windowEnd ?? 0;
  const rest = replayWindows({
    rows: rows.filter(({ at }) => at >= from),
    start: from,
    now: 63 * day,
    chart,
    state: half.state,
  });
  expect([...half.assessments, ...rest.assessments]).toEqual(whole.assessments);
  expect(whole.assessments).toHaveLength(cutWindows(rows, 0, 63 * day, params.windows).length);
  expect(whole.assessments.map(({ diagnosis }) => diagnosis)).toContain("drift");
  expect(whole.state.trainings.length).toBeLessThanOrEqual(params.training.mostPerMonth + 1);
});

test("trainings wait: cool-down, monthly maximum, a pause that doubles with each refusal", () => {
  const limits = params.training;
  const once = recordTraining(initialDriftState, 0);
  expect(mayTrain(initialDriftState, 0, limits)).toEqual({ heldBack: null, until: null });
  expect(mayTrain(once, 6 * day, limits)).toEqual({ heldBack: "cool_down", until: 7 * day });
  expect(mayTrain(once, 7 * day, limits).heldBack).toBeNull();
  const four = [0, 7, 14, 21].reduce((state, at) => recordTraining(state, at * day), initialDriftState);
  expect(mayTrain(four, 29 * day, limits)).toEqual({ heldBack: "monthly_maximum", until: 30 * day });
  const refused = recordRefusal(recordRefusal(once, 8 * day), 20 * day);
  expect(mayTrain(refused, 33 * day, limits)).toEqual({ heldBack: "refusal_pause", until: 34 * day });
  expect(recordNewModel(refused)).toMatchObject({ refusals: 0, smoothed: [], trainings: [0] });
});

test("a queue that goes on growing reaches the limit of its own rule, one that shrinks too, and the reason names it", () => {
  const towards = (queue: number, size: number) => {
    let step = assess(weekOf(0));
    for (let week = 1; week < 6; week += 1) {
      const rows = weekOf(week * 7 * day).map((row) => ({
        ...row,
        queueProbabilities: row.queueProbabilities.map((p, k) => (1 - size) * p + (k === queue ? size : 0)),
      }));
      step = assess(rows, step.state, week * 7 * day);
    }
    return step.assessment;
  };
  for (const queue of [0, 1]) {
    const { chart: reading, errors } = towards(queue, 0.15);
    if (!reading) throw new Error("The window was not compared.");
    expect(reading.shares.persistent).toBeGreaterThan(reading.shares.limit);
    expect(Math.sign(reading.shares.queues[queue]?.move ?? 0)).toBe(1);
    const quiet = { level: 0, persistent: 0, limit: 1 };
    const { suite, single } = { suite: quiet, single: quiet };
    const performance = { ...reading.performance, ...quiet };
    const found = { isEnough: true, rows: 300, faults: [], bursts: [], errors, params };
    const said = diagnose({ ...found, reading: { ...reading, suite, single, performance } });
    expect(said.diagnosis).toBe("drift");
    expect(said.reason).toMatch(/(network|hardware) [+-]\d+\.\d points/);
  }
});

test("labels of audits that go on moving are drift, where the predictions stay as they were", () => {
  const drawn = seededRandom(21);
  const auditsOf = (rows: readonly DriftRow[], toHardware: number): AuditedPrediction[] =>
    rows
      .filter((_, at) => at % 3 === 0)
      .map(({ at, queue, queueProbabilities }) => {
        const isNetwork = drawn() < (queueProbabilities[0] ?? 0) && drawn() >= toHardware;
        const label = isNetwork ? "network" : "hardware";
        return { at, queue, label, isWrong: label !== queue, queueProbabilities };
      });
  const rows = drawRows({ random: drawn, count: 12_000, stepMs: Math.floor((7 * day) / 301) });
  const known = buildProfile(
    rows,
    {
      schema: drawnSchema,
      clusters: 6,
      sampleRows: 500,
      ridge: 3,
      isHistory: true,
      audited: auditsOf(rows, 0),
    },
    drawn,
  );
  const own = createChart(known, weights, params, 1);
  const reasonsOf = (toHardware: number) => {
    let state = initialDriftState;
    return Array.from({ length: 6 }, (_, week) => {
      const start = (50 + week) * 7 * day;
      const rowsOfWeek = weekOf(start);
      const audits = { audited: auditsOf(rowsOfWeek, toHardware), reference: null };
      const step = assessWindow({ window: windowOf(rowsOfWeek, start), chart: own, state, audits });
      state = step.state;
      return `${step.assessment.diagnosis}: ${step.assessment.reason}`;
    });
  };
  expect(reasonsOf(0).every((reason) => reason.startsWith("stable"))).toBe(true);
  expect(reasonsOf(0.4).at(-1)).toMatch(/^drift: The share of a queue has moved/);
});

test("evidence of before queues had bets of their own goes on, and theirs begins", () => {
  const { byQueue: _, ...older } = initialDriftState.evidence;
  const state = { ...initialDriftState, evidence: { ...older, wealth: [2, 2, 2], byQueue: {} } };
  const reference = { rows: 100, wrong: 20, byQueue: { network: { rows: 50, wrong: 10 } } };
  const audits = { audited: [audit("network", true)], reference };
  const { evidence } = assessWindow({ window: windowOf(weekOf(0)), chart, state, audits }).state;
  expect(evidence.wealth[0]).toBeGreaterThan(2);
  expect(evidence.byQueue.network).toMatchObject({ audits: 1, errors: 1 });
});

test("a state of before the queues' shares were watched goes on without them", () => {
  const { state } = run(3, {});
  // Such a state had the moving averages of the shares behind the others.
  const older = { ...state, smoothed: [...state.smoothed, 5, 5], shareScores: [] };
  const rows = weekOf(21 * day);
  const [now, then] = [state, older].map((from) => assess(rows, from, 21 * day));
  expect(then?.assessment.chart?.suite).toEqual(now?.assessment.chart?.suite);
  expect(then?.assessment.chart?.performance).toEqual(now?.assessment.chart?.performance);
  expect(then?.assessment.chart?.shares).toMatchObject({ level: 0, persistent: -99 });
  expect(then?.state.smoothed).toHaveLength(weights.length + 1);
  expect(then?.state.shareScores).toHaveLength(1);
});
