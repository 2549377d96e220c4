import { foldText } from "@support-it-agent/shared/text/fold-text";
import { type WeightedText, weighTerms } from "./weigh-terms.ts";

/** Rounding may move a cosine by this much; candidates are kept up to it and then compared exactly. */
const slack = 1e-9;

/** Terms go into the index once those before them are this share of `minCosine` long: 1 would do, less proves more pairs apart. */
const indexedFrom = 0.6;

/**
 * Joins texts that say nearly the same, so that no split has one of them on each side. Two texts are joined where the
 * cosine of their TF-IDF vectors is above `minCosine` (words and word pairs, case and accents folded; (1 + ln tf) x
 * (1 + ln((1 + n) / (1 + df))), scaled to length 1), and groups are closed under it: a ~ b and b ~ c puts all three
 * into one. Returns for each text the index of the first member of its group. Texts without a word are alike only
 * where they are equal. Exact: what is skipped is proven to be below `minCosine`.
 */
export function groupNearDuplicates(texts: readonly string[], minCosine: number): Uint32Array {
  const groups = createGroups(texts.length);
  // Equal once folded means the same words in the same order: a cosine of 1 before any vector is made.
  const unique = new Map<string, number>();
  texts.forEach((text, index) => {
    const words = wordsOf(text);
    const key = words.length > 0 ? ` ${words.join(" ")}` : text;
    const same = unique.get(key);
    if (same === undefined) unique.set(key, index);
    else groups.join(same, index);
  });

  const indexes = [...unique.values()];
  const vectors = weighTerms(indexes.map((index) => wordsOf(texts[index] ?? "")));
  joinPairsAbove(vectors, minCosine, {
    join: (a, b) => groups.join(indexes[a] ?? a, indexes[b] ?? b),
    areJoined: (a, b) => groups.find(indexes[a] ?? a) === groups.find(indexes[b] ?? b),
  });
  return Uint32Array.from(texts, (_, index) => groups.find(index));
}

const wordsOf = (text: string): string[] => foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Disjoint sets over 0..size-1, each named by its least member. */
function createGroups(size: number) {
  const parent = Uint32Array.from({ length: size }, (_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = index; at !== root; ) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const join = (a: number, b: number) => {
    const [first, second] = [find(a), find(b)];
    parent[Math.max(first, second)] = Math.min(first, second);
  };
  return { find, join };
}

type Joiner = {
  readonly join: (a: number, b: number) => void;
  readonly areJoined: (a: number, b: number) => boolean;
};

/**
 * Joins every pair whose cosine is above `minCosine`. Prefix filtering (Bayardo, Ma, Srikant: Scaling Up All Pairs Similarity
 * Search, 2007; the bounds by length are those of Anastasiu and Karypis: L2AP, 2014): terms stand from the commonest to
 * the rarest, and the leading terms of a text, as long as their part of the vector is short, are not in the index. Two texts
 * that share those alone cannot reach `minCosine` (Cauchy-Schwarz), and of those that share others few can, once the
 * lengths of both parts are known. So the words that every text has are never looked up.
 */
function joinPairsAbove(vectors: readonly WeightedText[], minCosine: number, { join, areJoined }: Joiner) {
  const least = minCosine - slack;
  const postings = new Map<number, { texts: number[]; weights: number[] }>();
  /** Of each text that is in the index: the first term there, and the length of what stands before it. */
  const firstTerms = new Uint32Array(vectors.length);
  const restLengths = new Float64Array(vectors.length);
  const reached = new Float64Array(vectors.length);
  for (const [index, vector] of vectors.entries()) {
    const { terms, weights } = vector;
    const lengths = prefixLengths(weights);
    const candidates: number[] = [];
    for (let at = terms.length - 1; at >= 0; at -= 1) {
      const posting = postings.get(terms[at] ?? 0);
      if (posting === undefined) continue;
      const weight = weights[at] ?? 0;
      // A text that shared no term so far can only reach the length of what is left.
      const takesNew = (lengths[at + 1] ?? 0) > least;
      for (let i = 0; i < posting.texts.length; i += 1) {
        const other = posting.texts[i] ?? 0;
        const before = reached[other] ?? 0;
        if (before === 0) {
          if (!takesNew) continue;
          candidates.push(other);
        }
        reached[other] = before + weight * (posting.weights[i] ?? 0);
      }
    }
    for (const other of candidates) {
      const partial = reached[other] ?? 0;
      reached[other] = 0;
      const ownRest = lengths[placeOf(terms, firstTerms[other] ?? 0)] ?? 1;
      if (partial + ownRest * (restLengths[other] ?? 1) <= least || areJoined(index, other)) continue;
      if (cosine(vector, vectors[other] ?? vector) > minCosine) join(index, other);
    }

    const start = lengths.findIndex((length) => length > least * indexedFrom) - 1;
    if (start < 0) continue;
    firstTerms[index] = terms[start] ?? 0;
    restLengths[index] = lengths[start] ?? 0;
    for (let at = start; at < terms.length; at += 1) {
      const term = terms[at] ?? 0;
      const posting = postings.get(term) ?? { texts: [], weights: [] };
      posting.texts.push(index);
      posting.weights.push(weights[at] ?? 0);
      postings.set(term, posting);
    }
  }
}

/** Place of the first of the ascending `terms` that is not below `term`. */
function placeOf(terms: Uint32Array, term: number): number {
  let low = 0;
  let high = terms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((terms[middle] ?? 0) < term) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Euclidean length of the first 0, 1, 2, ... weights. */
function prefixLengths(weights: Float64Array): Float64Array {
  const lengths = new Float64Array(weights.length + 1);
  let squares = 0;
  weights.forEach((weight, at) => {
    squares += weight * weight;
    lengths[at + 1] = Math.sqrt(squares);
  });
  return lengths;
}

/** Dot product of two unit vectors; their terms stand in one order. */
function cosine(a: WeightedText, b: WeightedText): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const [left = 0, right = 0] = [a.terms[i], b.terms[j]];
    if (left === right) sum += (a.weights[i++] ?? 0) * (b.weights[j++] ?? 0);
    else if (left < right) i += 1;
    else j += 1;
  }
  return sum;
}
