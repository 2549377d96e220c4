/** Two count vectors of one length as shares that sum to 1. Throws RangeError for other lengths, a negative count, or an empty side. */
export function pairedShares(
  reference: readonly number[],
  current: readonly number[],
): { reference: number[]; current: number[] } {
  if (reference.length !== current.length) {
    throw new RangeError(
      `Counts of ${reference.length} and of ${current.length} categories cannot be compared.`,
    );
  }
  return { reference: toShares(reference), current: toShares(current) };
}

function toShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0) || counts.some((count) => !(count >= 0))) {
    throw new RangeError("Counts must not be negative, and not all zero.");
  }
  return counts.map((count) => count / total);
}
