/** A refusal that took this long would make every question wait as long. */
const slowMs = 1_000;

/** How long nobody tries after a slow failure. */
const quietMs = 3_000;

/** A pool whose connections are all in use says this. Then the server answers, and the next call may be luckier. */
const busyPool = /timeout exceeded when trying to connect/;

/**
 * Wraps `connect` so that a server which swallows connection attempts (a lost host, a firewall) costs few callers the
 * time-out: after a slow failure every call fails at once for three seconds, then one at a time tries whether it is back.
 * Quick refusals change nothing.
 */
export function spareSlowConnects<Client>(
  connect: () => Promise<Client>,
  nowMs: () => number = () => performance.now(),
): () => Promise<Client> {
  let isAway = false;
  let nextTryMs = 0;
  return async () => {
    const startedMs = nowMs();
    if (isAway && startedMs < nextTryMs)
      throw new Error("connection terminated: the server did not answer a moment ago");
    if (isAway) nextTryMs = Number.POSITIVE_INFINITY;
    try {
      const client = await connect();
      isAway = false;
      return client;
    } catch (error) {
      const isSlow = nowMs() - startedMs >= slowMs && !busyPool.test(String(error));
      if (isSlow) nextTryMs = nowMs() + quietMs;
      isAway = isSlow;
      throw error;
    }
  };
}
