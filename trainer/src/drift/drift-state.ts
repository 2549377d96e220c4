import { type ErrorEvidence, noEvidence } from "./performance/error-detector.ts";

/** All that one window leaves for the next: plain JSON, so that a cycle can stop anywhere and a replay can run months. */
export type DriftState = {
  /** End of the last window that was assessed, milliseconds since 1970; null before the first. */
  readonly windowEnd: number | null;
  /** Moving average of z by feature (featureNames), then of the drop of the estimated performance. */
  readonly smoothed: readonly number[];
  /** Levels of the last windows, the newest last. */
  readonly suiteLevels: readonly number[];
  readonly singleLevels: readonly number[];
  readonly performanceLevels: readonly number[];
  /** z of each queue's share in the last windows, the newest last (combine-share-scores.ts). */
  readonly shareScores: readonly (readonly number[])[];
  readonly evidence: ErrorEvidence;
  /** When trainings were begun, milliseconds since 1970. */
  readonly trainings: readonly number[];
  /** Candidates refused in a row, and when the last one was. */
  readonly refusals: number;
  readonly lastRefusal: number | null;
};

export const initialDriftState: DriftState = {
  windowEnd: null,
  smoothed: [],
  suiteLevels: [],
  singleLevels: [],
  performanceLevels: [],
  shareScores: [],
  evidence: noEvidence,
  trainings: [],
  refusals: 0,
  lastRefusal: null,
};

/** A training began. */
export function recordTraining(state: DriftState, at: number): DriftState {
  return { ...state, trainings: [...state.trainings, at].slice(-100) };
}

/** The gate refused what a training made: the next one waits longer. */
export function recordRefusal(state: DriftState, at: number): DriftState {
  return { ...state, refusals: state.refusals + 1, lastRefusal: at };
}

/** Another model serves, with a reference of its own: chart and evidence begin anew, what training cost is remembered. */
export function recordNewModel(state: DriftState): DriftState {
  const { windowEnd, trainings } = state;
  return { ...initialDriftState, windowEnd, trainings };
}
