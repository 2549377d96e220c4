import type { Assessment } from "../drift/assess-window.ts";
import { initialDriftState, recordTraining } from "../drift/drift-state.ts";
import { assessLoggedWindow } from "./assess-logged-window.ts";
import { createReadReference } from "./create-read-reference.ts";
import { findFirstPrediction } from "./find-first-prediction.ts";
import { logSource } from "./log-source.ts";
import type { MonitorOptions } from "./monitor-windows.ts";
import type { PastWindow } from "./past-window.ts";
import { readNextWindow } from "./read-next-window.ts";

export type ReplayOptions = Pick<
  MonitorOptions,
  "database" | "bundle" | "params" | "seed" | "readHeldOut" | "signal"
> & {
  /** Milliseconds since 1970; without it from the model's first prediction on. */
  readonly since?: number | undefined;
  readonly until: number;
  readonly onWindow?: ((assessment: Assessment) => void) | undefined;
};

/**
 * What the monitor would have said of stored logs, window by window, had it begun at `since` with these parameters. It only reads. A training
 * that would have begun is remembered, so that cool-downs hold as they do live; it changes no model. Throws DatabaseUnavailableError.
 */
export async function replayLogs(options: ReplayOptions): Promise<Assessment[]> {
  const { database, bundle, params, since, until, signal } = options;
  const source = logSource(bundle, params);
  const { modelVersion } = source;
  const readReference = createReadReference({ ...options, source });
  const assessments: Assessment[] = [];
  const past: PastWindow[] = [];
  let start = since ?? (await findFirstPrediction(database, modelVersion, null));
  let state = initialDriftState;
  while (start !== null) {
    signal?.throwIfAborted();
    const window = await readNextWindow(database, source, start, until, params.windows);
    if (window === null) break;
    const reference = await readReference(past);
    const auditsSince = past.at(-1)?.end ?? since ?? null;
    const input = { database, source, window, reference, state, params, auditsSince };
    const { assessment, state: left } = await assessLoggedWindow(input);
    const { wanted, heldBack } = assessment.training;
    state = wanted && heldBack === null ? recordTraining(left, window.end) : left;
    assessments.push(assessment);
    past.push({ start: window.start, end: window.end, diagnosis: assessment.diagnosis });
    options.onWindow?.(assessment);
    start = window.end;
  }
  return assessments;
}
