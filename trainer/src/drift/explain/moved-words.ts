export type MovedWord = {
  readonly word: string;
  /** Share of the texts that have it, before and now. */
  readonly referenceShare: number;
  readonly windowShare: number;
  /** How surely it moved: log-odds ratio over its standard deviation; positive: more often now. */
  readonly z: number;
};

/**
 * The words whose share of texts moved most, up and down, by the log-odds ratio with an informative prior (Monroe, Colaresi and Quinn, Fightin'
 * Words, Political Analysis 2008): the prior is the words' share in both sides, worth `priorTexts` texts, so that a rare word must move a lot.
 * Words are runs of three letters or more, lower-cased, each counted once a text; placeholders of redaction are passed over.
 */
export function movedWords(
  reference: readonly string[],
  window: readonly string[],
  count: number,
  priorTexts = 100,
): { up: MovedWord[]; down: MovedWord[] } {
  const [before, now] = [textsWith(reference), textsWith(window)];
  const [n, m] = [reference.length, window.length];
  const moved = [...new Set([...before.keys(), ...now.keys()])].map((word): MovedWord => {
    const [a, b] = [before.get(word) ?? 0, now.get(word) ?? 0];
    const prior = (priorTexts * (a + b)) / (n + m);
    const logOdds = (texts: number, size: number) =>
      Math.log((texts + prior) / (size + priorTexts - texts - prior));
    const z = (logOdds(b, m) - logOdds(a, n)) / Math.sqrt(1 / (a + prior) + 1 / (b + prior));
    return { word, referenceShare: a / Math.max(1, n), windowShare: b / Math.max(1, m), z };
  });
  const ranked = moved.filter(({ z }) => Number.isFinite(z)).sort((a, b) => b.z - a.z);
  return {
    up: ranked.slice(0, count).filter(({ z }) => z > 0),
    down: ranked
      .slice(-count)
      .reverse()
      .filter(({ z }) => z < 0),
  };
}

function textsWith(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const words =
      text
        .replace(/\[[A-Z_]+\d*\]/g, " ")
        .toLowerCase()
        .match(/\p{L}{3,}/gu) ?? [];
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
