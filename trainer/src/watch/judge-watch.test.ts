import { expect, test, vi } from "vitest";
import { judgeWatch } from "./judge-watch.ts";
import { readWatchParams, type WatchParams } from "./read-watch-params.ts";
import { type Desk, equalDesk, simulateLiveWork } from "./simulate-live-work.fixture.ts";
import type { WatchReport } from "./watch-report.ts";

// Hundreds of desks, each looked at up to 56 times.
vi.setConfig({ testTimeout: 300_000 });

const params = await readWatchParams(new URL("../../../params.yaml", import.meta.url).pathname);

/** Looks every six hours until there is a verdict. */
function watch(desk: Desk, used: WatchParams = params): WatchReport {
  let last: WatchReport | undefined;
  for (const work of simulateLiveWork(desk)) {
    last = judgeWatch(work, used);
    if (last.verdict !== "watching") break;
  }
  return last!;
}

const desks = (count: number, change: Partial<Desk>, used?: WatchParams) =>
  Array.from({ length: count }, (_, seed) => watch({ ...equalDesk, ...change, seed: seed + 1 }, used));

const breaches = (reports: readonly WatchReport[]) => reports.filter(({ verdict }) => verdict === "breach");

const noMargins = { override_rate: 0, hand_off_rate: 0, blind_error_rate: 0, estimated_macro_f1: 0 };

test.each<[string, Partial<Desk>, Partial<WatchParams>]>([
  ["a desk of 150 a day, as the parameters have it", {}, {}],
  ["a desk of 20 a day", { perDay: 20 }, {}],
  ["a desk of 600 a day whose days differ much", { perDay: 600, dayEffect: 0.5 }, {}],
  ["an old window of four days", { referenceDays: 4 }, {}],
  ["no margin, and all 56 looks", {}, { margins: noMargins, min_predictions: 1_000_000 }],
])("an equal model is taken back in at most one watch of a hundred: %s", (_, change, used) => {
  const taken = breaches(desks(150, change, { ...params, ...used }));
  // Binomial(150, .01): more than 5 has a chance of .4 %.
  expect(taken.length).toBeLessThanOrEqual(5);
});

test("as if rows came one by one, days that differ would take equal models back", () => {
  const taken = desks(60, { dayEffect: 0.5, perDay: 600 }).filter(({ figures }) => {
    const figure = figures.find(({ name }) => name === "hand_off_rate")!;
    const radius = (figure.worsening - figure.low) / Math.sqrt(figure.dispersion);
    return figure.worsening - radius > 0;
  });
  expect(taken.length).toBeGreaterThan(3);
});

test.each<[string, string, Partial<Desk>]>([
  ["three questions of ten are handed off, then five", "hand_off_rate", { handOff: [0.3, 0.5] }],
  ["6 % are corrected, then 17 %", "override_rate", { override: [0.06, 0.17] }],
])("a clearly worse model is found in at least 85 of 100 watches: %s", (_, name, change) => {
  const taken = breaches(desks(60, change));
  expect(taken.length).toBeGreaterThanOrEqual(51);
  expect(new Set(taken.map(({ breach }) => breach))).toEqual(new Set([name]));
});

test("a model that is unsure of what the old one was sure of is found by its own probabilities", () => {
  expect(breaches(desks(10, { perDay: 60, confidence: [0.8, 0.65] })).length).toBe(10);
  expect(breaches(desks(10, { perDay: 60, confidence: [0.8, 0.8] })).length).toBe(0);
});

test("a model that hands nearly everything off is taken back before it would be kept", () => {
  const reports = desks(20, { handOff: [0.3, 0.95] });
  expect(breaches(reports)).toHaveLength(20);
  for (const { predictions, figures } of reports) {
    expect(predictions).toBeLessThan(params.min_predictions);
    expect(figures.find(({ name }) => name === "hand_off_rate")?.finding).toBe("hard_breach");
  }
});

test("a model is kept no sooner than it was watched for long enough, and after max_days in any case", () => {
  for (const report of desks(10, {})) {
    if (report.verdict !== "kept") continue;
    expect(report.hours).toBeGreaterThanOrEqual(params.min_hours);
    expect(report.judged).toBeGreaterThanOrEqual(params.min_predictions);
  }
  const quiet = desks(3, { perDay: 2 });
  expect(quiet.map(({ verdict, hours }) => [verdict, hours])).toEqual(Array(3).fill(["kept", 336]));
});
