import type { Audits } from "./assess-errors.ts";
import { type Assessment, assessWindow } from "./assess-window.ts";
import type { Chart } from "./chart/create-chart.ts";
import type { DriftState } from "./drift-state.ts";
import { cutWindows, type DriftWindow } from "./windows/cut-windows.ts";
import type { DriftRow } from "./windows/drift-row.ts";

/**
 * Runs stored rows (in order of time, from `start` on) through the monitor, window by window, with no side effect, so that people can see what their
 * own history would have raised. A training that would
 * begin is recorded in the state, so that cool-downs hold here as live.
 * The same rows, chart and state give the same result.
 */
export function replayWindows(input: {
  readonly rows: readonly DriftRow[];
  readonly start: number;
  readonly now: number;
  readonly chart: Chart;
  readonly state: DriftState;
  readonly auditsOf?: (window: DriftWindow) => Audits;
}): { assessments: Assessment[]; state: DriftState } {
  const { chart, auditsOf = () => ({ audited: [], reference: null }) } = input;
  const assessments: Assessment[] = [];
  let { state } = input;
  for (const window of cutWindows(input.rows, input.start, input.now, chart.params.windows)) {
    const step = assessWindow({ window, chart, state, audits: auditsOf(window) });
    assessments.push(step.assessment);
    const { wanted, heldBack } = step.assessment.training;
    const trains = wanted && heldBack === null;
    state = trains
      ? { ...step.state, trainings: [...step.state.trainings, window.end].slice(-100) }
      : step.state;
  }
  return { assessments, state };
}
