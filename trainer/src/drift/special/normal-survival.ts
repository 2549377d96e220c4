import { upperIncompleteGamma } from "./upper-incomplete-gamma.ts";

/**
 * P(Z >= z) of the standard normal distribution, by erfc(t) = Q(1/2, t^2) (NIST DLMF 7.11.2), so that it keeps its relative
 * precision in the tail. (simple-statistics reads a table here, which is off by up to 2e-3.)
 */
export function normalSurvival(z: number): number {
  const upper = upperIncompleteGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? upper : 1 - upper;
}
