/** Evidence that a model's error rate exceeds `toleratedRate`, gathered one audited row at a time. Serialisable. */
export type ErrorEvidence = {
  readonly audits: number;
  readonly errors: number;
  /** The e-process of each bet since the beginning. */
  readonly wealth: readonly number[];
  /** The same, begun again whenever it falls below 1. */
  readonly restarted: readonly number[];
};

export type ErrorDetectorOptions = {
  /** r0: the error rate that is no alarm. */
  readonly toleratedRate: number;
  /** Rises of the rate that bets are made on, each with an equal share. */
  readonly rises: readonly number[];
};

export const noEvidence: ErrorEvidence = { audits: 0, errors: 0, wealth: [], restarted: [] };

/**
 * Adds audited errors (in order of time; true: the model was wrong) to the evidence against "the error rate is at most r0". A bet on a rise d
 * multiplies its wealth by 1 + lambda (e - r0), lambda = d / (r0 (1 - r0)), which is the likelihood ratio of r0 + d to r0. Under the hypothesis no bet
 * grows on average, so the mean wealth E is an e-process: P(E ever reaches 1 / alpha) <= alpha however often one looks (Ville 1939; Ramdas et al.,
 * Game-theoretic statistics and safe anytime-valid inference, 2023). Long good times eat the wealth, so the second value
 * starts each bet again at 1: an e-detector (Shin, Ramdas and Rinaldo, 2024), in whose form it is Page's CUSUM; its average run is what
 * `windowsPerFalseAlarm` of the caller's limit is about. Throws RangeError for a rate outside ]0, 1[.
 */
export function addAuditedErrors(
  evidence: ErrorEvidence,
  errors: readonly boolean[],
  { toleratedRate, rises }: ErrorDetectorOptions,
): ErrorEvidence {
  if (!(toleratedRate > 0 && toleratedRate < 1)) {
    throw new RangeError(`A tolerated error rate of ${toleratedRate}: it must lie between 0 and 1.`);
  }
  const factors = rises.map((rise) => {
    const rate = Math.min(toleratedRate + rise, 0.99);
    return { wrong: rate / toleratedRate, right: (1 - rate) / (1 - toleratedRate) };
  });
  let wealth = rises.map((_, bet) => evidence.wealth[bet] ?? 1);
  let restarted = rises.map((_, bet) => evidence.restarted[bet] ?? 1);
  for (const isWrong of errors) {
    const factor = (bet: number) => (isWrong ? factors[bet]?.wrong : factors[bet]?.right) ?? 1;
    // Bounds keep the numbers finite; far beyond any limit, or too far down to come back.
    wealth = wealth.map((value, bet) => Math.min(1e200, Math.max(1e-200, value * factor(bet))));
    restarted = restarted.map((value, bet) => Math.min(1e200, Math.max(1, value) * factor(bet)));
  }
  return {
    audits: evidence.audits + errors.length,
    errors: evidence.errors + errors.filter(Boolean).length,
    wealth,
    restarted,
  };
}

/** The two e-values: `anytime` bounds the chance of any false alarm ever, `sinceRestart` finds a change after a long good time. */
export function eValues({ wealth, restarted }: ErrorEvidence): { anytime: number; sinceRestart: number } {
  return { anytime: mean(wealth), sinceRestart: mean(restarted) };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
