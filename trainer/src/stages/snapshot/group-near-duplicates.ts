import { foldText } from "@support-it-agent/shared/text/fold-text";

/**
 * Joins texts that say nearly the same, so that no split has one of them on each side. Two texts are joined where the
 * cosine of their TF-IDF vectors is above `minCosine` (words and word pairs, case and accents folded; (1 + ln tf) x
 * (1 + ln((1 + n) / (1 + df))), scaled to length 1), and groups are closed under it: a ~ b and b ~ c puts all three
 * into one. Returns for each text the index of the first member of its group. Texts without a word are alike only
 * where they are equal.
 */
export function groupNearDuplicates(texts: readonly string[], minCosine: number): Uint32Array {
  const parent = Uint32Array.from(texts, (_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    parent[index] = root;
    return root;
  };
  const join = (a: number, b: number) => {
    const [first, second] = [find(a), find(b)];
    parent[Math.max(first, second)] = Math.min(first, second);
  };

  const unique = new Map<string, number>();
  texts.forEach((text, index) => {
    const same = unique.get(text);
    if (same === undefined) unique.set(text, index);
    else join(same, index);
  });

  const indexes = [...unique.values()];
  const vectors = tfIdfVectors(indexes.map((index) => texts[index] ?? ""));
  for (const [a, b] of pairsAbove(vectors, minCosine)) join(indexes[a] ?? a, indexes[b] ?? b);
  return Uint32Array.from(texts, (_, index) => find(index));
}

type SparseVector = ReadonlyMap<string, number>;

function tfIdfVectors(texts: readonly string[]): SparseVector[] {
  const counted = texts.map(countTerms);
  const documents = new Map<string, number>();
  for (const terms of counted)
    for (const term of terms.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  return counted.map((terms) => {
    const weights = new Map<string, number>();
    let squares = 0;
    for (const [term, count] of terms) {
      const weight =
        (1 + Math.log(count)) * (1 + Math.log((1 + texts.length) / (1 + (documents.get(term) ?? 0))));
      weights.set(term, weight);
      squares += weight * weight;
    }
    for (const [term, weight] of weights) weights.set(term, weight / Math.sqrt(squares));
    return weights;
  });
}

function countTerms(text: string): Map<string, number> {
  const words = foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const counts = new Map<string, number>();
  const add = (term: string) => counts.set(term, (counts.get(term) ?? 0) + 1);
  words.forEach((word, index) => {
    add(word);
    if (index > 0) add(`${words[index - 1]} ${word}`);
  });
  return counts;
}

/** Pairs (later, earlier) by an inverted index: only texts that share a term are ever compared. */
function* pairsAbove(vectors: readonly SparseVector[], minCosine: number): Generator<[number, number]> {
  const postings = new Map<string, { index: number; weight: number }[]>();
  for (const [index, vector] of vectors.entries()) {
    const cosines = new Map<number, number>();
    for (const [term, weight] of vector) {
      const earlier = postings.get(term) ?? [];
      for (const other of earlier)
        cosines.set(other.index, (cosines.get(other.index) ?? 0) + weight * other.weight);
      earlier.push({ index, weight });
      postings.set(term, earlier);
    }
    for (const [other, cosine] of cosines) if (cosine > minCosine) yield [index, other];
  }
}
