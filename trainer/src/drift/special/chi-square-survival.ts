import { upperIncompleteGamma } from "./upper-incomplete-gamma.ts";

/** P(X >= x) of the chi-square distribution with `df` > 0 degrees of freedom: Q(df / 2, x / 2) (NIST DLMF 8.2.4). */
export function chiSquareSurvival(x: number, df: number): number {
  return x <= 0 ? 1 : upperIncompleteGamma(df / 2, x / 2);
}
