import type { Assessment } from "../../trainer/src/drift/assess-window.ts";
import { assessWindow } from "../../trainer/src/drift/assess-window.ts";
import { type Chart, createChart } from "../../trainer/src/drift/chart/create-chart.ts";
import { featureWeights } from "../../trainer/src/drift/chart/feature-weights.ts";
import type { DriftParams } from "../../trainer/src/drift/drift-params.ts";
import { type DriftState, initialDriftState } from "../../trainer/src/drift/drift-state.ts";
import type { Column } from "../../trainer/src/drift/evidently/column.ts";
import { datasetDrift } from "../../trainer/src/drift/evidently/dataset-drift.ts";
import { windowColumns } from "../../trainer/src/drift/evidently/window-columns.ts";
import {
  addAuditedErrors,
  type ErrorReference,
  noErrors,
} from "../../trainer/src/drift/performance/add-audited-errors.ts";
import { buildProfile } from "../../trainer/src/drift/reference/build-profile.ts";
import { type Random, seededRandom } from "../../trainer/src/drift/seeded-random.ts";
import type { AuditedPrediction } from "../../trainer/src/drift/windows/audited-prediction.ts";
import { collapseNearDuplicates } from "../../trainer/src/drift/windows/collapse-near-duplicates.ts";
import type { DriftWindow } from "../../trainer/src/drift/windows/cut-windows.ts";
import type { DriftRow, DriftSchema } from "../../trainer/src/drift/windows/drift-row.ts";
import type { Desk } from "./read-desk.ts";
import { type DayEffects, type Shift, type StreamRow, simulateDesk } from "./simulate-desk.ts";

const modes = ["calibrated", "small", "large", "any"] as const;

/** `small`, `large`: Evidently's data set drift with that reference; `any`: at least one column of the small one. */
type Mode = (typeof modes)[number];

/** Alarms of one kind of window, summed over streams. */
export type Tally = {
  /** Windows without a shift, and alarms in them (a run of alarmed windows is one for the calibrated mode). */
  windows: number;
  /** Runs of five windows with a shift, and those in which an alarm came. */
  runs: number;
  /** Windows, or runs, that Evidently's defaults were tried on too. */
  evidentlyRuns: number;
  readonly alarms: Record<Mode, number>;
  /** Windows until the calibrated alarm, summed over the runs that had one. */
  delay: number;
  diagnoses: Record<string, number>;
  /** Windows in which each rule of the calibrated mode held; several may. */
  readonly rules: Record<"suite" | "single" | "shares" | "performance", number>;
  /** z of the share of the queue that the shift is about, summed over its windows. */
  readonly share: { windows: number; z: number };
};

export type Scenario = {
  readonly name: string;
  readonly shift: Shift | "burst" | null;
  /** Audits of each window, where they are not those of the stream. */
  readonly audits?: number;
};

export type StreamOptions = {
  readonly desk: Desk;
  readonly schema: DriftSchema;
  readonly importance: Parameters<typeof featureWeights>[1];
  readonly params: DriftParams;
  readonly effects: DayEffects;
  readonly rowsPerDay: number;
  /** Windows of its own that the reference is made of; 0: labelled rows that were held out. */
  readonly historyWindows: number;
  readonly nullWindows: number;
  /** Blind audits of each window, of history and afterwards; a scenario may have others. */
  readonly auditsPerWindow: number;
  readonly runsPerShift: number;
  readonly scenarios: readonly Scenario[];
  /** Evidently's tests take most of the time: false leaves them out. */
  readonly comparesEvidently: boolean;
  readonly seed: number;
};

const [quietWindows, shiftedWindows] = [3, 5];
/** Without a history of its own: labelled rows that no fit has seen (as many as the starter bundle has), and the windows that they are drawn from. */
export const heldOut = { rows: 654, windows: 30 } as const;
/** Rows of the two references of `evidently` mode: where it tests, and where it measures distances. */
const references = { small: 1_000, large: 5_000 } as const;

/** One desk: its history becomes the reference; then windows without a shift, then each shift. Adds to the tallies by scenario name. */
export function measureStream(
  options: StreamOptions,
  tallies: Map<string, Tally>,
): { buildMs: number; windowMs: number[] } {
  const { params, schema, rowsPerDay, seed } = options;
  const random = seededRandom(seed);
  const desk = simulateDesk(options.desk, rowsPerDay, options.effects, random);
  let today = 0;

  /** The next window as cut-windows.ts would cut it, without rows between windows being lost. */
  let waiting: StreamRow[] = [];
  const nextWindow = (shift?: Shift): StreamRow[] => {
    const start = today;
    while (waiting.length < params.windows.maxRows && today - start < params.windows.days) {
      waiting.push(...desk.day(today, shift));
      today += 1;
    }
    return waiting.splice(0, params.windows.maxRows);
  };

  const isHistory = options.historyWindows > 0;
  const past = Array.from({ length: options.historyWindows || heldOut.windows }, () => nextWindow()).flat();
  const labelled = drawRows(past, heldOut.rows, random);
  const auditsOfHistory = isHistory ? auditsOf(past, options.auditsPerWindow * options.historyWindows) : [];
  const errors = addAuditedErrors(noErrors, [
    ...labelled.map(({ row: { queue }, isWrong }) => ({ queue, isWrong })),
    ...auditsOfHistory,
  ]);
  const history = isHistory
    ? past.map(({ row }) => row)
    : labelled.map(({ row }, at): DriftRow => ({ ...row, at }));
  const started = performance.now();
  const { rows } = collapseNearDuplicates(history, params.nearDuplicates);
  const { clusters, sampleRows, ridge } = params.reference;
  const profile = buildProfile(
    rows,
    { schema, clusters, sampleRows, ridge, isHistory, audited: auditsOfHistory },
    random,
  );
  const weights = featureWeights(schema, options.importance, params.weights);
  const chart = createChart(profile, weights, params, seed);
  const buildMs = performance.now() - started;
  const columnsOf = options.comparesEvidently && {
    small: windowColumns(rows.slice(-references.small), schema),
    large: windowColumns(rows.slice(-references.large), schema),
  };

  const windowMs: number[] = [];
  const assess = (streamed: readonly StreamRow[], state: DriftState, audits: number) => {
    chart.usualFor(streamed.length);
    const begun = performance.now();
    const step = assessStream(streamed, chart, state, audits, errors);
    windowMs.push(performance.now() - begun);
    return step;
  };

  let { state, wasAlarmed } = { state: initialDriftState, wasAlarmed: false };
  const quiet = tallyOf(tallies, "no shift");
  for (let at = 0; at < options.nullWindows; at += 1) {
    const window = nextWindow();
    const step = assess(window, state, options.auditsPerWindow);
    state = step.state;
    const isAlarmed = step.assessment.training.wanted;
    if (isAlarmed && !wasAlarmed) quiet.alarms.calibrated += 1;
    wasAlarmed = isAlarmed;
    count(quiet, step.assessment);
    quiet.windows += 1;
    // Every third window will do.
    if (at % 3 > 0 || !columnsOf) continue;
    quiet.evidentlyRuns += 1;
    for (const mode of evidentlyAlarms(columnsOf, window, schema)) quiet.alarms[mode] += 1;
  }

  for (const { name, shift, audits = options.auditsPerWindow } of options.scenarios) {
    const tally = tallyOf(tallies, name);
    for (let run = 0; run < options.runsPerShift; run += 1) {
      waiting = [];
      today += 7 - (today % 7);
      let runState = initialDriftState;
      for (let at = 0; at < quietWindows; at += 1) runState = assess(nextWindow(), runState, audits).state;
      waiting = [];
      const found = { calibrated: 0, small: 0, large: 0, any: 0 };
      for (let at = 1; at <= shiftedWindows; at += 1) {
        const window =
          shift === "burst"
            ? withBurst(nextWindow(), options.desk, at === 1)
            : nextWindow(shift ?? undefined);
        const step = assess(window, runState, audits);
        runState = step.state;
        count(tally, step.assessment, shift);
        if (step.assessment.training.wanted) found.calibrated ||= at;
        // One run for each desk, for the same reason.
        if (run > 0 || !columnsOf) continue;
        for (const mode of evidentlyAlarms(columnsOf, window, schema)) found[mode] ||= at;
      }
      tally.runs += 1;
      tally.delay += found.calibrated;
      if (run === 0 && columnsOf) tally.evidentlyRuns += 1;
      for (const mode of modes) if (found[mode] > 0) tally.alarms[mode] += 1;
    }
  }
  return { buildMs, windowMs };
}

/** `count` rows in the order in which they are drawn, each at most once, as if nobody knew their times. */
function drawRows(rows: readonly StreamRow[], count: number, random: Random): StreamRow[] {
  return rows
    .map((row) => ({ row, place: random() }))
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ row }) => row);
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? {
    windows: 0,
    runs: 0,
    evidentlyRuns: 0,
    alarms: { calibrated: 0, small: 0, large: 0, any: 0 },
    delay: 0,
    diagnoses: {},
    rules: { suite: 0, single: 0, shares: 0, performance: 0 },
    share: { windows: 0, z: 0 },
  };
  tallies.set(name, tally);
  return tally;
}

function count(tally: Tally, { diagnosis, chart }: Assessment, shift?: Scenario["shift"]): void {
  tally.diagnoses[diagnosis] = (tally.diagnoses[diagnosis] ?? 0) + 1;
  if (chart === null) return;
  for (const rule of ["suite", "single", "shares", "performance"] as const) {
    if (chart[rule].persistent >= chart[rule].limit) tally.rules[rule] += 1;
  }
  if (!shift || shift === "burst" || !("queue" in shift)) return;
  const z = chart.shares.queues.find(({ queue }) => queue === shift.queue)?.z ?? null;
  if (z === null) return;
  tally.share.windows += 1;
  tally.share.z += z;
}

function assessStream(
  streamed: readonly StreamRow[],
  chart: Chart,
  state: DriftState,
  audits: number,
  reference: ErrorReference,
) {
  const rows = streamed.map(({ row }) => row);
  const [start, end] = [rows[0]?.at ?? 0, (rows.at(-1)?.at ?? 0) + 1];
  const window: DriftWindow = { start, end, rows, enough: rows.length >= chart.params.windows.minRows };
  const audited = auditsOf(streamed, audits);
  return assessWindow({ window, chart, state, audits: { audited, reference } });
}

/** A blind slice, evenly over the rows; labels come at once. */
function auditsOf(streamed: readonly StreamRow[], count: number): AuditedPrediction[] {
  const step = Math.max(1, Math.floor(streamed.length / Math.max(1, count)));
  return streamed
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .map(({ row: { at, queue, queueProbabilities }, label, isWrong }) => ({
      at,
      queue,
      label,
      isWrong,
      queueProbabilities,
    }));
}

function evidentlyAlarms(
  references: Record<"small" | "large", readonly Column[]>,
  window: readonly StreamRow[],
  schema: DriftSchema,
): Mode[] {
  const columns = windowColumns(
    window.map(({ row }) => row),
    schema,
  );
  const [small, large] = [datasetDrift(references.small, columns), datasetDrift(references.large, columns)];
  const alarms: Mode[] = [];
  if (small.drifted) alarms.push("small");
  if (large.drifted) alarms.push("large");
  if (small.driftShare > 0) alarms.push("any");
  return alarms;
}

/** 150 people report one incident within an hour. */
function withBurst(window: readonly StreamRow[], desk: Desk, isNow: boolean): StreamRow[] {
  const [template, middle] = [desk.template[0], window[Math.floor(window.length / 2)]];
  if (!isNow || !template || !middle) return [...window];
  const hour = Math.floor(middle.row.at / 3_600_000) * 3_600_000;
  const burst = Array.from({ length: 150 }, (_, at): StreamRow => {
    const { trueQueue: _unused, ...said } = template;
    const row = { ...said, id: `burst${at}`, caller: null, at: hour + at * 20_000 };
    return { row, label: row.queue, isWrong: false };
  });
  return [...window, ...burst].sort((a, b) => a.row.at - b.row.at);
}
