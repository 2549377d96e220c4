/**
 * Shares in which no entry is 0, so that a logarithm of their ratio is finite: zeros become a millionth of the smallest other
 * share where that is at most 1e-4, else 1e-4 (Evidently's rule, side by side; the result sums to a little over 1).
 */
export function fillZeros(shares: readonly number[]): number[] {
  const least = Math.min(...shares.filter((share) => share > 0));
  const filling = least <= 1e-4 ? least / 1e6 : 1e-4;
  return shares.map((share) => (share === 0 ? filling : share));
}
