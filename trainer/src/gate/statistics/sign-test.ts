import { gammaln } from "simple-statistics";

/**
 * The exact one-sided sign test: P(X >= losses) for X binomial of losses + wins, one half each (McNemar's test, 1947, where each unit is
 * one row). 1 where nothing differs.
 */
export function signTest(losses: number, wins: number): number {
  const n = losses + wins;
  if (losses === 0) return 1;
  let sum = 0;
  for (let k = losses; k <= n; k += 1) {
    sum += Math.exp(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) - n * Math.LN2);
  }
  return Math.min(1, sum);
}
