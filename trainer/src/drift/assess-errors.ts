import type { DriftParams } from "./drift-params.ts";
import type { ErrorReference } from "./performance/add-audited-errors.ts";
import {
  addAudits,
  type ErrorDetectorOptions,
  type ErrorEvidence,
  eValues,
  mostSuspectQueue,
} from "./performance/error-detector.ts";
import { toleratedRate } from "./performance/tolerated-rate.ts";
import type { AuditedPrediction } from "./windows/audited-prediction.ts";

/** Audits of predictions older than the label lag, in order of time. */
export type Audits = {
  readonly audited: readonly AuditedPrediction[];
  /** What the serving model got wrong when it was proven; null: unknown, and no alarm comes from audits. */
  readonly reference: ErrorReference | null;
};

/** Audited errors since the model serves, what is tolerated, and the evidence against that with its limits. */
export type ErrorReading = {
  readonly audits: number;
  readonly errors: number;
  readonly toleratedRate: number | null;
  readonly anytime: number;
  readonly anytimeLimit: number;
  readonly sinceRestart: number;
  readonly restartLimit: number;
  /** The predicted queue that most of the evidence is against; null where there is none. */
  readonly suspect: SuspectQueue | null;
};

export type SuspectQueue = {
  readonly queue: string;
  readonly audits: number;
  readonly errors: number;
  readonly toleratedRate: number;
};

/** Moves the evidence of audited errors on by a window's audits, and reads it. */
export function assessErrors(
  before: ErrorEvidence,
  {
    audited,
    reference,
  }: {
    readonly audited: readonly Pick<AuditedPrediction, "queue" | "isWrong">[];
    readonly reference: ErrorReference | null;
  },
  params: DriftParams["errors"],
): { evidence: ErrorEvidence; errors: ErrorReading } {
  const { rises, queueRises, alpha, restartLimit } = params;
  const tolerated = toleratedRates(reference, params);
  const evidence = tolerated ? addAudits(before, audited, { ...tolerated, rises, queueRises }) : before;
  const errors = {
    audits: evidence.audits,
    errors: evidence.errors,
    toleratedRate: tolerated?.toleratedRate ?? null,
    anytimeLimit: 1 / alpha,
    restartLimit,
    ...eValues(evidence),
    suspect: suspectOf(evidence, tolerated?.queues ?? {}),
  };
  return { evidence, errors };
}

type Tolerated = Pick<ErrorDetectorOptions, "toleratedRate" | "queues">;

/** Null where the reference is unknown. A queue that no row of it was predicted for has no rate. */
function toleratedRates(
  reference: ErrorReference | null,
  { toleratedRise: rise, toleratedStandardErrors: standardErrors }: DriftParams["errors"],
): Tolerated | null {
  if (reference === null) return null;
  const ofAll = toleratedRate(reference, { rise, standardErrors });
  if (ofAll === null) return null;
  const queues = Object.entries(reference.byQueue).flatMap(([queue, count]) => {
    const rate = toleratedRate(count, { rise, standardErrors });
    return rate === null
      ? []
      : [[queue, { toleratedRate: rate, share: count.rows / reference.rows }] as const];
  });
  return { toleratedRate: ofAll, queues: Object.fromEntries(queues) };
}

function suspectOf(evidence: ErrorEvidence, queues: Tolerated["queues"]): SuspectQueue | null {
  const queue = mostSuspectQueue(evidence);
  const [bets, tolerated] = [evidence.byQueue[queue ?? ""], queues[queue ?? ""]];
  if (queue === null || bets === undefined || tolerated === undefined) return null;
  return { queue, audits: bets.audits, errors: bets.errors, toleratedRate: tolerated.toleratedRate };
}
