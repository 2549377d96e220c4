import { expect, test } from "vitest";
import { createChart } from "../drift/chart/create-chart.ts";
import { featureWeights } from "../drift/chart/feature-weights.ts";
import { defaultDriftParams } from "../drift/drift-params.ts";
import { initialDriftState } from "../drift/drift-state.ts";
import { drawnSchema, drawRows } from "../drift/fixtures/draw-rows.ts";
import { buildProfile } from "../drift/reference/build-profile.ts";
import { replayWindows } from "../drift/replay-windows.ts";
import { seededRandom } from "../drift/seeded-random.ts";
import { cutWindows } from "../drift/windows/cut-windows.ts";
import { composeDriftReport, historyPoint } from "./compose-drift-report.ts";
import type { DriftReport, HistoryPoint } from "./drift-report.ts";
import { plotShares } from "./plot-shares.ts";
import { renderDriftPage } from "./render-drift-page.ts";
import { renderDriftTable } from "./render-drift-table.ts";
import { renderReplayTable } from "./render-replay-table.ts";
import { windowProfiles } from "./window-profiles.ts";

const day = 86_400_000;
const params = {
  ...defaultDriftParams,
  reference: { ...defaultDriftParams.reference, clusters: 6, sampleRows: 500 },
};

function makeReport(foreign: number): DriftReport {
  const random = seededRandom(3);
  const history = drawRows({ random, count: 9_300 });
  const profile = buildProfile(
    history,
    { schema: drawnSchema, clusters: 6, sampleRows: 500, ridge: 3, isHistory: true },
    random,
  );
  const importance = { numeric: { length: 0.2, digits: 0.1, greeting: 0.1 }, embedding: 0.6 };
  const chart = createChart(profile, featureWeights(drawnSchema, importance, params.weights), params, 1);
  const draw = { random, count: 300, stepMs: Math.floor((7 * day) / 301) };
  const rows = Array.from({ length: 6 }, (_, week) =>
    drawRows({ ...draw, start: week * 7 * day, foreign: week < 2 ? 0 : foreign }),
  ).flat();
  const windows = cutWindows(rows, 0, 42 * day, params.windows);
  const { assessments } = replayWindows({ rows, start: 0, now: 42 * day, chart, state: initialDriftState });
  const [assessment, window] = [assessments.at(-1), windows.at(-1)];
  if (!assessment || !window) throw new Error("there is no window");
  return composeDriftReport({
    modelVersion: "2026.11.22-abc123",
    schema: drawnSchema,
    assessment,
    reference: history.slice(-1_000),
    window: window.rows.map((row, at) =>
      at === 0 ? { ...row, text: "<script>alert(1)</script>", queue: 'a"b' } : row,
    ),
    history: assessments
      .slice(0, -1)
      .map((earlier, at) => historyPoint(earlier, windows[at]?.rows ?? [], "2026.11.22-abc123")),
    seed: 1,
  });
}

const drifted = makeReport(0.3);
const stable = makeReport(0);

test("a report says what moved after an alarm, and only then", () => {
  expect(drifted.assessment.diagnosis).toBe("drift");
  expect(drifted.explanation?.tickets[0]?.text).toContain("invoice");
  expect(stable.assessment.diagnosis).toBe("stable");
  expect(stable.explanation).toBeNull();
  expect(drifted.history).toHaveLength(6);
});

test("a report goes through JSON, as it is stored, without a difference to what is shown", () => {
  const restored: DriftReport = JSON.parse(JSON.stringify(drifted));
  expect(renderDriftPage(restored)).toBe(renderDriftPage(drifted));
  expect(renderDriftTable(restored)).toBe(renderDriftTable(drifted));
});

test("the table has the diagnosis, both modes, and the features that moved", () => {
  const table = renderDriftTable(drifted);
  expect(table).toMatch(/^DRIFT {3}1970-02-05 to 1970-02-12, 300 rows/);
  expect(table).toContain("embedding_mean");
  expect(table).toMatch(/calibrated: .* of the weight drifted/);
  expect(table).toMatch(/evidently: {2}\d+ of 7 columns drifted/);
  expect(table.split("\n").every((line) => line.length < 260)).toBe(true);
});

test("the page is self-contained, without script, and escapes what people wrote", () => {
  const page = renderDriftPage(drifted);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=|https?:/);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).toContain("a&quot;b");
  expect(page).toContain("prefers-color-scheme:dark");
});

test("every plot says in words what it shows", () => {
  for (const page of [renderDriftPage(drifted), renderDriftPage(stable)]) {
    const plots = page.match(/<svg[^>]*>/g) ?? [];
    expect(plots.length).toBeGreaterThan(8);
    for (const plot of plots) expect(plot).toMatch(/role="img" aria-label="[^"]{20,}"/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test("the page shows each predicted queue's share over the windows, with dates, and a new model begins a new line", () => {
  const end = (week: number) => Date.UTC(2026, 0, 5) + week * 7 * day;
  const point = (week: number, share: number, modelVersion: string) => ({
    ...(stable.history[0] as HistoryPoint),
    ...{ end: end(week), modelVersion, queues: { "R & D": share, hardware: 1 - share } },
  });
  const plotted = plotShares([point(0, 0.2, "a"), point(1, 0.25, "a"), point(2, 0.4, "b")]);
  const figures = plotted.match(/<figure>.*?<\/figure>/g) ?? [];
  // The largest first.
  expect(figures.map((figure) => /<figcaption>(.*?)</.exec(figure)?.[1])).toEqual([
    "hardware: 60.0 %",
    "R &amp; D: 40.0 %",
  ]);
  const [, ofResearch = ""] = figures;
  expect(ofResearch).toContain("from 20.0 % to 40.0 % over 3 windows, 28.3 % on average");
  expect(ofResearch).toContain("<title>2026-01-12: 25.0 %</title>");
  expect(ofResearch).toContain(">2026-01-05<");
  expect(ofResearch).toContain(">2026-01-19<");
  expect(ofResearch).toContain(">80 %<");
  expect(/ d="([^"]*)"/.exec(ofResearch)?.[1]?.replace(/[\d .]/g, "")).toBe("MLM");
  expect(ofResearch.match(/class="change"/g)).toHaveLength(1);
});

test("the chart of the queues' shares has its limit, and points of before it was kept are gaps", () => {
  const older = stable.history.slice(0, -1).map((point) => ({ ...point, shares: null }));
  const page = renderDriftPage({ ...stable, history: [...older, ...stable.history.slice(-1)] });
  const limit = stable.assessment.chart?.shares.limit.toFixed(2);
  expect(page).toMatch(new RegExp(`Largest move of a queue&#39;s share: \\d\\.\\d\\d, limit ${limit}`));
  expect(page).toContain("Largest move of a queue&#39;s share over 1 windows");
  expect(renderDriftTable(stable)).toContain("queues' shares ");
});

test("a window that was not compared still makes a page", () => {
  const bare: DriftReport = {
    ...stable,
    assessment: { ...stable.assessment, diagnosis: "not_enough_data", chart: null },
    history: stable.history.map((point) => ({
      ...point,
      suite: null,
      single: null,
      shares: null,
      queues: {},
    })),
    profiles: [],
  };
  const page = renderDriftPage(bare);
  expect(page).toContain("no window has been compared yet");
  expect(page).not.toMatch(/NaN|undefined/);
  expect(renderDriftTable(bare)).toContain("NOT ENOUGH DATA");
});

test("plots have a dozen bins at most, and their shares sum to 1", () => {
  const numbers = Array.from({ length: 5_000 }, (_, k) => (k * 37) % 101);
  const column = { name: "x", type: "numerical", values: numbers } as const;
  const [profile] = windowProfiles([column], [column]);
  expect(profile?.bars.length).toBeLessThanOrEqual(12);
  expect(profile?.reference.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(windowProfiles([column], [{ ...column, values: [] }])).toEqual([]);
});

test("a replay is one line a window and a count of the diagnoses", () => {
  const table = renderReplayTable([stable.assessment, drifted.assessment]);
  expect(table).toContain("2 windows: 1 stable, 1 drift.");
  const level = "\\d\\.\\d\\d/\\d\\.\\d\\d";
  expect(table.split("\n")[2]).toMatch(
    new RegExp(`^1970-02-05 1970-02-12 +300( +${level}){3} drift +(trains|cool down)`),
  );
  expect(renderReplayTable([])).toContain("nothing to replay");
});
