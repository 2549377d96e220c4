import { assessErrors } from "../../trainer/src/drift/assess-errors.ts";
import type { DriftParams } from "../../trainer/src/drift/drift-params.ts";
import {
  addAuditedErrors,
  type ErrorReference,
  noErrors,
} from "../../trainer/src/drift/performance/add-audited-errors.ts";
import { noEvidence } from "../../trainer/src/drift/performance/error-detector.ts";
import type { Random } from "../../trainer/src/drift/seeded-random.ts";

type Audit = { readonly queue: string; readonly isWrong: boolean };

export type AuditOptions = {
  readonly params: DriftParams;
  /** Share of each predicted queue; the one whose tickets people send elsewhere, and how many of all tickets those are. */
  readonly shares: Readonly<Record<string, number>>;
  readonly rerouted: { readonly queue: string; readonly size: number };
  /** How often the model is wrong without that. */
  readonly errorRate: number;
  /** What the tolerated rate is learnt from: held-out rows, and windows of history with audits. */
  readonly heldOutRows: number;
  readonly historyWindows: number;
  readonly auditsPerWindow: number;
  readonly desks: number;
  readonly random: Random;
};

const [quietWindows, runsEach, calmWindows, shiftedWindows] = [60, 5, 3, 5];

/**
 * The evidence of audits alone, without a desk around it: how often it alarms in windows without a change, and in which share of the runs it does
 * within five windows of a change. Each desk has a reference of its own.
 */
export function measureAudits(options: AuditOptions): {
  windows: number;
  alarms: number;
  runs: number;
  found: number;
} {
  const measured = { windows: 0, alarms: 0, runs: 0, found: 0 };
  for (let desk = 0; desk < options.desks; desk += 1) {
    const reference = drawReference(options);
    const assess = (audited: readonly Audit[], evidence = noEvidence) => {
      const step = assessErrors(evidence, { audited, reference }, options.params.errors);
      const { anytime, anytimeLimit, sinceRestart, restartLimit } = step.errors;
      return { ...step, isAlarm: anytime >= anytimeLimit || sinceRestart >= restartLimit };
    };
    let [evidence, wasAlarm] = [noEvidence, false];
    for (let window = 0; window < quietWindows; window += 1) {
      const step = assess(drawAudits(options, false), evidence);
      if (step.isAlarm && !wasAlarm) measured.alarms += 1;
      [evidence, wasAlarm] = [step.evidence, step.isAlarm];
      measured.windows += 1;
    }
    for (let run = 0; run < runsEach; run += 1) {
      let [own, isFound] = [noEvidence, false];
      for (let window = 0; window < calmWindows + shiftedWindows; window += 1) {
        const isShifted = window >= calmWindows;
        const step = assess(drawAudits(options, isShifted), own);
        own = step.evidence;
        if (isShifted && step.isAlarm) isFound = true;
      }
      measured.runs += 1;
      if (isFound) measured.found += 1;
    }
  }
  return measured;
}

function drawReference(options: AuditOptions): ErrorReference {
  const { heldOutRows, historyWindows, auditsPerWindow } = options;
  const rows = heldOutRows + historyWindows * auditsPerWindow;
  return addAuditedErrors(
    noErrors,
    Array.from({ length: rows }, () => drawAudit(options, false)),
  );
}

function drawAudits(options: AuditOptions, isShifted: boolean): Audit[] {
  return Array.from({ length: options.auditsPerWindow }, () => drawAudit(options, isShifted));
}

function drawAudit({ shares, rerouted, errorRate, random }: AuditOptions, isShifted: boolean): Audit {
  let place = random();
  const [queue = "", share = 1] =
    Object.entries(shares).find(([, part]) => {
      place -= part;
      return place < 0;
    }) ?? [];
  const isSentElsewhere = isShifted && queue === rerouted.queue && random() < rerouted.size / share;
  return { queue, isWrong: isSentElsewhere || random() < errorRate };
}
