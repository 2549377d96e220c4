/** One call through the breaker. Exactly one of its three ends is called; later ones do nothing. */
export type CircuitPermit = {
  readonly succeed: () => void;
  readonly fail: () => void;
  /** The call ended and says nothing about the other side: the caller left, or the request itself was wrong. */
  readonly release: () => void;
};

export type CircuitBreaker = {
  readonly state: () => "closed" | "open" | "half_open";
  /** A permit, or null while the circuit is open. Once `openMs` is over, one caller at a time gets one, as a probe. */
  readonly enter: () => CircuitPermit | null;
};

export type CircuitBreakerOptions = {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number;
  /** How long it stays open before a probe is let through. */
  readonly openMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
};

/**
 * Leaves a failing service in peace: after `failureThreshold` failures in a row nothing is let through for `openMs`; then
 * one probe decides between closed and open again. A call that began before the circuit opened decides nothing after it.
 */
export function createCircuitBreaker({
  failureThreshold,
  openMs,
  nowMs = () => performance.now(),
}: CircuitBreakerOptions): CircuitBreaker {
  let failuresInRow = 0;
  let openedAtMs: number | null = null;
  let probing = false;
  /** Counts openings and closings, so that a permit can tell whether its own time is over. */
  let era = 0;

  const open = () => {
    openedAtMs = nowMs();
    era += 1;
  };
  const close = () => {
    openedAtMs = null;
    failuresInRow = 0;
    era += 1;
  };
  const isOver = () => openedAtMs !== null && nowMs() - openedAtMs >= openMs;

  const createProbe = (): CircuitPermit => {
    probing = true;
    const end = once(() => {
      probing = false;
    });
    return {
      succeed: () => end(close),
      fail: () => end(open),
      release: () => end(),
    };
  };

  const createOrdinary = (): CircuitPermit => {
    const bornIn = era;
    const end = once();
    const judge = (verdict: () => void) => () =>
      end(() => {
        if (bornIn === era) verdict();
      });
    return {
      succeed: judge(() => {
        failuresInRow = 0;
      }),
      fail: judge(() => {
        failuresInRow += 1;
        if (failuresInRow >= failureThreshold) open();
      }),
      release: () => end(),
    };
  };

  return {
    state: () => (openedAtMs === null ? "closed" : isOver() ? "half_open" : "open"),
    enter: () => {
      if (openedAtMs === null) return createOrdinary();
      return isOver() && !probing ? createProbe() : null;
    },
  };
}

/** Runs `always` and then the given verdict, the first time alone. */
function once(always: () => void = () => {}): (verdict?: () => void) => void {
  let ended = false;
  return (verdict) => {
    if (ended) return;
    ended = true;
    always();
    verdict?.();
  };
}
