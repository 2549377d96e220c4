import { pairedShares } from "./paired-shares.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Jensen-Shannon distance of two count vectors: the square root of the mean Kullback-Leibler divergence (natural logarithm) to their
 * mixture, 0..sqrt(ln 2) = .8326 (Endres and Schindelin, A new metric for probability distributions, 2003; as
 * scipy.spatial.distance.jensenshannon). Zeros need no filling. Throws RangeError for other lengths or an empty side.
 */
export function jensenShannon(reference: readonly number[], current: readonly number[]): Statistic {
  const shares = pairedShares(reference, current);
  const divergence = shares.reference.reduce((sum, r, k) => {
    const c = shares.current[k] ?? 0;
    const mixture = (r + c) / 2;
    return sum + term(r, mixture) + term(c, mixture);
  }, 0);
  return {
    value: Math.sqrt(Math.max(0, divergence) / 2),
    pValue: null,
    estimator: "Jensen-Shannon distance, nats",
  };
}

const term = (share: number, mixture: number) => (share === 0 ? 0 : share * Math.log(share / mixture));
