import { type Audits, assessErrors, type ErrorReading } from "./assess-errors.ts";
import { persistentLevels } from "./chart/bootstrap-limits.ts";
import { distanceVector } from "./chart/chunk-distances.ts";
import { combineShareScores } from "./chart/combine-share-scores.ts";
import type { Chart } from "./chart/create-chart.ts";
import { largestMove, lastingMoves, rememberedWindows } from "./chart/lasting-moves.ts";
import { scaleDistances } from "./chart/scale-distances.ts";
import { smoothScores } from "./chart/smooth-scores.ts";
import { driftShare, singleLevel, suiteLevel } from "./chart/suite-level.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import type { DriftState } from "./drift-state.ts";
import { type HeldBack, mayTrain } from "./may-train.ts";
import { estimatePerformance } from "./performance/estimate-performance.ts";
import { encodeRow } from "./reference/encode-row.ts";
import { featureNames } from "./reference/feature-distances.ts";
import { summariseRows } from "./reference/window-summary.ts";
import type { AuditedPrediction } from "./windows/audited-prediction.ts";
import { type Burst, type Collapsed, collapseNearDuplicates } from "./windows/collapse-near-duplicates.ts";
import type { DriftWindow } from "./windows/cut-windows.ts";
import { type DataFault, findDataFaults } from "./windows/find-data-faults.ts";

/** One feature in one window. */
export type FeatureDrift = {
  readonly name: string;
  readonly weight: number;
  /** The distance, and what it is without drift: mean and standard deviation. NaN becomes null. */
  readonly distance: number | null;
  readonly usual: { readonly mean: number; readonly deviation: number };
  readonly z: number | null;
  /** The chart: moving average of z. */
  readonly smoothed: number;
  /** At or above the suite's limit, at or above the limit for a single feature. */
  readonly isDrifted: boolean;
  readonly isFarOut: boolean;
};

/** What is known of one window: numbers, limits, diagnosis. Plain JSON. */
export type Assessment = {
  readonly window: {
    readonly start: number;
    readonly end: number;
    readonly rows: number;
    readonly duplicates: number;
  };
  readonly diagnosis: Diagnosis;
  /** One sentence with the numbers behind the diagnosis. */
  readonly reason: string;
  /** Only drift and a performance alarm want a training; `heldBack` says why it does not begin now. */
  readonly training: { readonly wanted: boolean; readonly heldBack: HeldBack; readonly until: number | null };
  readonly faults: readonly DataFault[];
  readonly bursts: readonly Burst[];
  /** Of live rows that are no training data for belonging to a burst. */
  readonly burstIds: readonly string[];
  /** Null where the window was not compared (not enough data, or a data fault). */
  readonly chart: ChartReading | null;
  readonly errors: ErrorReading;
};

export type ChartReading = {
  readonly isWarmingUp: boolean;
  readonly realChunks: number;
  readonly features: readonly FeatureDrift[];
  /** Importance-weighted share of the drifted features, and the share from which on it counts. */
  readonly driftShare: number;
  readonly driftShareLimit: number;
  /** The level that features of that share have reached, of this window and (2 of 3) of the rule; likewise for any single feature. */
  readonly suite: LevelReading;
  readonly single: LevelReading;
  /** The largest lasting move of a queue's share, either way, and every queue's. */
  readonly shares: LevelReading & { readonly queues: readonly QueueShare[] };
  /** Estimated without labels (CBPE), what is usual, and the chart of its drop. */
  readonly performance: LevelReading & {
    readonly accuracy: number;
    readonly macroF1: number;
    readonly usualMacroF1: number;
  };
};

/** By how much the share of a predicted queue exceeds what the reference has on such weekdays (-1..1), in one window. */
export type QueueShare = {
  readonly queue: string;
  readonly gap: number | null;
  /** z of the predicted share and of the audits' labels together, -3..3. */
  readonly z: number | null;
  /** What the last windows add up to, with its sign (lasting-moves.ts). */
  readonly move: number;
};

/** `persistent` is -99 while there are fewer windows than the rule needs. */
export type LevelReading = { readonly level: number; readonly persistent: number; readonly limit: number };

/**
 * Assesses one complete window and moves the state on by it: near-duplicates collapsed, data faults first, then the chart, the estimated
 * performance and the audited errors, then the diagnosis. A window without enough rows, or with a data fault, leaves the
 * chart as it was: what is broken must not become what is usual. Deterministic. With the chart's scale known, about 20 ms for 1,000 rows.
 */
export function assessWindow(input: {
  readonly window: DriftWindow;
  readonly chart: Chart;
  readonly state: DriftState;
  readonly audits?: Audits;
  /** When a training would begin, where that is not the window's end (milliseconds since 1970). */
  readonly now?: number;
}): { assessment: Assessment; state: DriftState } {
  const { window, chart, state: before, audits = { audited: [], reference: null } } = input;
  const { params, profile } = chart;
  const { schema } = profile.encoding;
  const collapsed = collapseNearDuplicates(window.rows, params.nearDuplicates);
  // In a few rows shares say nothing: a quiet week would have a constant column, or one caller, by chance.
  const faults = window.enough ? findDataFaults(window.rows, schema, profile.baseline, params.faults) : [];
  const isEnough = window.enough && collapsed.rows.length >= params.windows.minRows;
  const compared = isEnough && faults.length === 0;

  const { evidence, errors } = assessErrors(before.evidence, audits, params.errors);
  const { reading, state: charted } = compared
    ? readChart(collapsed, audits.audited, chart, before)
    : { reading: null, state: before };
  const state = { ...charted, evidence, windowEnd: window.end };
  const { bursts, burstIds } = collapsed;
  const { diagnosis, reason } = diagnose({
    isEnough,
    rows: collapsed.rows.length,
    faults,
    bursts,
    reading,
    errors,
    params,
  });
  const wanted = diagnosis === "drift" || diagnosis === "performance_alarm";
  const held = wanted
    ? mayTrain(state, input.now ?? window.end, params.training)
    : { heldBack: null, until: null };
  return {
    state,
    assessment: {
      window: {
        start: window.start,
        end: window.end,
        rows: window.rows.length,
        duplicates: collapsed.duplicates,
      },
      diagnosis,
      reason,
      training: { wanted, ...held },
      faults,
      bursts,
      burstIds,
      chart: reading,
      errors,
    },
  };
}

/** One step of the chart. */
function readChart(
  collapsed: Collapsed,
  audited: readonly AuditedPrediction[],
  { profile, weights, params, usualFor }: Chart,
  before: DriftState,
): { reading: ChartReading; state: DriftState } {
  const { encoding } = profile;
  const summary = summariseRows(
    collapsed.rows.map((row) => encodeRow(row, encoding)),
    encoding,
    audited,
  );
  const usual = usualFor(collapsed.rows.length);
  const { scale, limits, isWarmingUp, realChunks } = usual;
  const distances = distanceVector(summary, profile.byWeekday, profile);
  const scores = scaleDistances(distances, scale);
  const smoothed = smoothScores(before.smoothed, scores.slice(0, weights.length + 1), params.chart.smoothing);

  const { persistence } = params.chart;
  const follow = (levels: readonly number[], level: number, limit: number) => {
    const kept = [...levels, level].slice(-persistence.of);
    const persistent = persistentLevels(kept, persistence).at(-1) ?? level;
    return { kept, reading: { level, persistent: Math.max(persistent, -99), limit } };
  };
  const suite = follow(
    before.suiteLevels,
    suiteLevel(smoothed, weights, params.chart.driftShare),
    limits.suite,
  );
  const single = follow(before.singleLevels, singleLevel(smoothed, weights), limits.single);
  const performance = follow(before.performanceLevels, smoothed[weights.length] ?? 0, limits.performance);
  const firstShare = weights.length + 1;
  const shareScores = [
    ...before.shareScores,
    combineShareScores(scores, firstShare, { here: summary.audits.audits, usual: usual.usualAudits }),
  ].slice(-rememberedWindows);
  const moves = lastingMoves(shareScores, usual.referenceWindows);
  const level = largestMove(moves);
  const queues = encoding.schema.queues.map((queue, at): QueueShare => {
    const [z, move] = [shareScores.at(-1)?.[at], moves[at] ?? 0];
    return { queue, gap: numberOrNull(distances[firstShare + at]), z: numberOrNull(z), move };
  });
  const features = featureNames(encoding).map((name, at): FeatureDrift => {
    const average = smoothed[at] ?? 0;
    return {
      name,
      weight: weights[at] ?? 0,
      distance: numberOrNull(distances[at]),
      usual: { mean: scale.means[at] ?? 0, deviation: scale.deviations[at] ?? 0 },
      z: numberOrNull(scores[at]),
      smoothed: average,
      isDrifted: average >= limits.suite,
      isFarOut: average >= limits.single,
    };
  });
  return {
    reading: {
      isWarmingUp,
      realChunks,
      features,
      driftShare: driftShare(smoothed, weights, limits.suite),
      driftShareLimit: params.chart.driftShare,
      suite: suite.reading,
      single: single.reading,
      shares: { level, persistent: shareScores.length < 2 ? -99 : level, limit: limits.shares, queues },
      performance: {
        ...performance.reading,
        ...estimatePerformance(summary),
        usualMacroF1: -(scale.means[weights.length] ?? 0),
      },
    },
    state: {
      ...before,
      smoothed: [...smoothed],
      suiteLevels: suite.kept,
      singleLevels: single.kept,
      shareScores,
      performanceLevels: performance.kept,
    },
  };
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
