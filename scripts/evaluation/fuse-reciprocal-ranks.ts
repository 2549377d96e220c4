/** Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009) of rankings of ids; k is 60 in the paper. */
export function fuseReciprocalRanks(rankings: readonly (readonly string[])[], k = 60): string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [index, id] of ranking.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + index + 1));
  }
  return [...scores].sort(([, left], [, right]) => right - left).map(([id]) => id);
}
