import type { LimitOptions } from "./chart/bootstrap-limits.ts";
import type { OutputWeights } from "./chart/feature-weights.ts";
import type { CollapseOptions } from "./windows/collapse-near-duplicates.ts";
import type { WindowOptions } from "./windows/cut-windows.ts";
import type { DataFaultLimits } from "./windows/find-data-faults.ts";

/** Every number that a decision depends on. The caller reads them from params.yaml; nothing below has thresholds of its own. */
export type DriftParams = {
  readonly windows: WindowOptions;
  readonly nearDuplicates: CollapseOptions;
  readonly faults: DataFaultLimits;
  readonly reference: {
    readonly clusters: number;
    /** Rows that k-means and the covariance of the vectors read. */
    readonly sampleRows: number;
    /** See mean-metric.ts. */
    readonly ridge: number;
    /** Chunks of history from which on the chart is no longer warming up, and the most that are used. */
    readonly enoughChunks: number;
    readonly mostChunks: number;
    /** Before there is any history: standard deviation of the logarithm of a topic's share, from window to window. */
    readonly topicEffect: number;
  };
  readonly weights: OutputWeights;
  readonly chart: LimitOptions;
  readonly errors: {
    /** An error rate this far above the reference's, or so many of its standard errors, is still no alarm. */
    readonly toleratedRise: number;
    readonly toleratedStandardErrors: number;
    /** Rises beyond that which bets are made on. */
    readonly rises: readonly number[];
    /** Rises that bets on one predicted queue are made on. */
    readonly queueRises: readonly number[];
    /** Chance of any false alarm while one model serves, however often one looks: alarm at 1 / alpha. */
    readonly alpha: number;
    /** Alarm where the evidence that begins again reaches this; see error-detector.ts. */
    readonly restartLimit: number;
  };
  readonly training: {
    readonly coolDownDays: number;
    readonly mostPerMonth: number;
    /** Pause after a refused candidate; doubled for each further one in a row, at most `longestPauseDays`. */
    readonly refusalPauseDays: number;
    readonly longestPauseDays: number;
  };
};

export const defaultDriftParams: DriftParams = {
  windows: { days: 7, maxRows: 1_000, minRows: 200 },
  nearDuplicates: { cosine: 0.97, burstRows: 15 },
  faults: {
    missingShare: 0.05,
    emptyShare: 0.05,
    languageRise: 0.3,
    constantBelowShare: 0.95,
    callerShare: 0.5,
  },
  reference: {
    clusters: 32,
    sampleRows: 3_000,
    ridge: 3,
    enoughChunks: 30,
    mostChunks: 60,
    topicEffect: 0.3,
  },
  weights: { certainty: 0.1, label: 0.15 },
  chart: {
    smoothing: 0.3,
    driftShare: 0.3,
    persistence: { needed: 2, of: 3 },
    windowsPerFalseAlarm: { drift: 250, performance: 1_000 },
  },
  errors: {
    toleratedRise: 0.01,
    toleratedStandardErrors: 1.3,
    rises: [0.05, 0.1, 0.2],
    queueRises: [0.1, 0.2],
    alpha: 0.01,
    restartLimit: 200,
  },
  training: { coolDownDays: 7, mostPerMonth: 4, refusalPauseDays: 7, longestPauseDays: 56 },
};
