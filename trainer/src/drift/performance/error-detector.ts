import type { AuditedPrediction } from "../windows/audited-prediction.ts";

/** Bets on one error rate. Serialisable. */
export type ErrorBets = {
  readonly audits: number;
  readonly errors: number;
  /** The e-process of each bet since the beginning. */
  readonly wealth: readonly number[];
  /** The same, begun again whenever it falls below 1. */
  readonly restarted: readonly number[];
};

/** Bets on one queue, and the part of all bets on queues that was staked on it when they began, 0..1. */
export type QueueBets = ErrorBets & { readonly stake: number };

/** Evidence that a model errs more often than is tolerated, of all audits and of each predicted queue, gathered one audit at a time. */
export type ErrorEvidence = ErrorBets & { readonly byQueue: Readonly<Record<string, QueueBets>> };

export type ErrorDetectorOptions = {
  /** r0: the error rate that is no alarm. */
  readonly toleratedRate: number;
  /** Rises of the rate that bets are made on, each with an equal share. */
  readonly rises: readonly number[];
  /** The same of each predicted queue, by name, and its share of the predictions; a queue that is not named has no bets of its own. */
  readonly queues: Readonly<Record<string, { readonly toleratedRate: number; readonly share: number }>>;
  readonly queueRises: readonly number[];
};

const noBets: ErrorBets = { audits: 0, errors: 0, wealth: [], restarted: [] };

export const noEvidence: ErrorEvidence = { ...noBets, byQueue: {} };

/**
 * Adds audits (in order of time) to the evidence against "the error rate is at most r0". A bet on a rise d multiplies its wealth by
 * 1 + lambda (e - r0), lambda = d / (r0 (1 - r0)), which is the likelihood ratio of r0 + d to r0. Under the hypothesis no bet grows on
 * average, so the mean wealth E is an e-process: P(E ever reaches 1 / alpha) <= alpha however often one looks (Ville 1939; Ramdas et al.,
 * Game-theoretic statistics and safe anytime-valid inference, 2023). Each predicted queue has bets of its own on its own rate: where a tenth of
 * all tickets is sent elsewhere, one queue's errors double while the rate of all rises by a third. Long good times eat the wealth, so the second value
 * starts each bet again at 1: an e-detector (Shin, Ramdas and Rinaldo, 2024), in whose form it is Page's CUSUM; its average run is what
 * `restartLimit` of the caller is about. Throws RangeError for a rate outside ]0, 1[.
 */
export function addAudits(
  evidence: ErrorEvidence,
  audited: readonly Pick<AuditedPrediction, "queue" | "isWrong">[],
  { toleratedRate, rises, queues, queueRises }: ErrorDetectorOptions,
): ErrorEvidence {
  const all = audited.map(({ isWrong }) => isWrong);
  const byQueue = Object.entries(queues).map(
    ([queue, { toleratedRate: rate, share }]): [string, QueueBets] => {
      const before = evidence.byQueue[queue] ?? { ...noBets, stake: share };
      const own = audited.flatMap((audit) => (audit.queue === queue ? [audit.isWrong] : []));
      return [queue, { ...addErrors(before, own, rate, queueRises), stake: before.stake }];
    },
  );
  return {
    ...addErrors(evidence, all, toleratedRate, rises),
    byQueue: { ...evidence.byQueue, ...Object.fromEntries(byQueue) },
  };
}

/**
 * The two e-values, half of each staked on all audits and half on the queues, by their shares: `anytime` bounds the chance of any false
 * alarm ever, `sinceRestart` finds a change after a long good time.
 */
export function eValues(evidence: ErrorEvidence): { anytime: number; sinceRestart: number } {
  // By name, so that a state that a database gave back sums to the same last bit.
  const queues = Object.entries(evidence.byQueue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, bets]) => bets);
  const of = (kind: "wealth" | "restarted") => {
    const all = mean(evidence[kind]);
    // What is staked on no queue stays 1.
    const ofQueues = queues.reduce((sum, bets) => sum + bets.stake * (mean(bets[kind]) - 1), 1);
    return queues.length === 0 ? all : (all + ofQueues) / 2;
  };
  return { anytime: of("wealth"), sinceRestart: of("restarted") };
}

/** The queue that most evidence is against, by the bets that begin again; null where no queue has any. */
export function mostSuspectQueue({ byQueue }: ErrorEvidence): string | null {
  let [most, suspect]: [number, string | null] = [1, null];
  for (const queue of Object.keys(byQueue).sort()) {
    const { restarted = [], stake = 0 } = byQueue[queue] ?? {};
    const evidence = 1 + stake * (mean(restarted) - 1);
    if (evidence > most) [most, suspect] = [evidence, queue];
  }
  return suspect;
}

function addErrors(
  bets: ErrorBets,
  errors: readonly boolean[],
  toleratedRate: number,
  rises: readonly number[],
): ErrorBets {
  if (!(toleratedRate > 0 && toleratedRate < 1)) {
    throw new RangeError(`A tolerated error rate of ${toleratedRate}: it must lie between 0 and 1.`);
  }
  const factors = rises.map((rise) => {
    const rate = Math.max(toleratedRate, Math.min(toleratedRate + rise, 0.99));
    return { wrong: rate / toleratedRate, right: (1 - rate) / (1 - toleratedRate) };
  });
  let wealth = rises.map((_, bet) => bets.wealth[bet] ?? 1);
  let restarted = rises.map((_, bet) => bets.restarted[bet] ?? 1);
  for (const isWrong of errors) {
    const factor = (bet: number) => (isWrong ? factors[bet]?.wrong : factors[bet]?.right) ?? 1;
    // Bounds keep the numbers finite; far beyond any limit, or too far down to come back.
    wealth = wealth.map((value, bet) => Math.min(1e200, Math.max(1e-200, value * factor(bet))));
    restarted = restarted.map((value, bet) => Math.min(1e200, Math.max(1, value) * factor(bet)));
  }
  return {
    audits: bets.audits + errors.length,
    errors: bets.errors + errors.filter(Boolean).length,
    wealth,
    restarted,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
