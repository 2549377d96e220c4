export type RankingScores = {
  /** Mean normalised discounted cumulative gain over the first ten; with one right document 1 / log2(rank + 1). */
  readonly ndcgAt10: number;
  /** Share of questions whose document is among the first five. */
  readonly recallAt5: number;
};

/** Scores rankings of ids, best first, each against its one right id. */
export function scoreRankings(
  judged: readonly { readonly ranking: readonly string[]; readonly right: string }[],
): RankingScores {
  let gain = 0;
  let found = 0;
  for (const { ranking, right } of judged) {
    const rank = ranking.indexOf(right) + 1;
    if (rank >= 1 && rank <= 10) gain += 1 / Math.log2(rank + 1);
    if (rank >= 1 && rank <= 5) found += 1;
  }
  return { ndcgAt10: gain / judged.length, recallAt5: found / judged.length };
}
