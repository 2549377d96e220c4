/** Held-out rows that the model was proven on, and how many of them it got wrong. */
export type ErrorCount = { readonly rows: number; readonly wrong: number };

/**
 * The error rate up to which audits are no alarm: `rise` above the one that was counted, and, since a count of few rows may have been lucky, no
 * less than so many standard errors above it (the upper bound of Wilson, Probable inference, JASA 1927). .005 to .98; null without rows.
 */
export function toleratedRate(
  { rows, wrong }: ErrorCount,
  { rise, standardErrors }: { readonly rise: number; readonly standardErrors: number },
): number | null {
  if (rows === 0) return null;
  const share = wrong / rows;
  const square = standardErrors ** 2;
  const middle = share + square / (2 * rows);
  const half = standardErrors * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows * rows));
  const upper = (middle + half) / (1 + square / rows);
  return Math.min(0.98, Math.max(0.005, share + rise, upper));
}
