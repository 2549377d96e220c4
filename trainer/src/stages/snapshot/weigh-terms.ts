/** A text as a sparse vector of length 1; terms that no other text has are left out of it (and count in its length). */
export type WeightedText = {
  /** Ascending; from the commonest term to the rarest. */
  readonly terms: Uint32Array;
  readonly weights: Float64Array;
};

/** Words that one corpus may have: the keys below are exact up to it. */
const maxWords = 2 ** 26;

/**
 * Texts, each a list of words -> TF-IDF vectors over words and pairs of neighbouring words: (1 + ln tf) x
 * (1 + ln((1 + n) / (1 + df))), scaled to length 1. Memory is some 20 bytes for each term of each text; no term is kept as
 * a string. Throws RangeError beyond 67 million different words.
 */
export function weighTerms(texts: readonly (readonly string[])[]): WeightedText[] {
  const counted = countTerms(texts);
  const { keys, frequencies } = sharedTerms(counted);
  const idf = (df: number) => 1 + Math.log((1 + texts.length) / (1 + df));
  const rank = rankByFrequency(frequencies);
  return counted.map(({ keys: own, counts }) => {
    let squares = 0;
    const found: { term: number; weight: number }[] = [];
    own.forEach((key, at) => {
      const place = indexOf(keys, key);
      const weight = (1 + Math.log(counts[at] ?? 1)) * idf(place < 0 ? 1 : (frequencies[place] ?? 1));
      squares += weight * weight;
      if (place >= 0) found.push({ term: rank[place] ?? 0, weight });
    });
    found.sort((a, b) => a.term - b.term);
    const length = Math.sqrt(squares);
    return {
      terms: Uint32Array.from(found, ({ term }) => term),
      weights: Float64Array.from(found, ({ weight }) => weight / length),
    };
  });
}

/** The terms of one text: keys ascending, and how often each occurs. */
type CountedText = { readonly keys: Float64Array; readonly counts: Uint32Array };

/** A word's key is its number from 0; that of a pair is (number of the first + 1) x 2^26 + number of the second. */
function countTerms(texts: readonly (readonly string[])[]): CountedText[] {
  const numbers = new Map<string, number>();
  const numberOf = (word: string): number => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    if (numbers.size >= maxWords) throw new RangeError(`more than ${maxWords} different words`);
    numbers.set(word, numbers.size);
    return numbers.size - 1;
  };
  return texts.map((words) => {
    const own = words.map(numberOf);
    const all = new Float64Array(Math.max(0, 2 * own.length - 1));
    own.forEach((number, at) => {
      all[at] = number;
      if (at > 0) all[own.length + at - 1] = ((own[at - 1] ?? 0) + 1) * maxWords + number;
    });
    return countSorted(all.sort());
  });
}

/** Runs of equal values of a sorted array: each value once, and how long its run is. */
function countSorted(sorted: Float64Array): CountedText {
  const keys = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let last = -1;
  sorted.forEach((key, at) => {
    if (at === 0 || key !== keys[last]) keys[++last] = key;
    counts[last] = (counts[last] ?? 0) + 1;
  });
  return { keys: keys.slice(0, last + 1), counts: counts.slice(0, last + 1) };
}

/** The terms that two texts or more have, ascending by key, and in how many texts each is. */
function sharedTerms(counted: readonly CountedText[]): { keys: Float64Array; frequencies: Uint32Array } {
  const all = new Float64Array(counted.reduce((sum, { keys }) => sum + keys.length, 0));
  let end = 0;
  for (const { keys } of counted) {
    all.set(keys, end);
    end += keys.length;
  }
  const { keys, counts } = countSorted(all.sort());
  const isShared = (_: number, at: number) => (counts[at] ?? 0) > 1;
  return { keys: keys.filter(isShared), frequencies: counts.filter((count) => count > 1) };
}

/** Place -> rank, 0 for the commonest term; ties by place. */
function rankByFrequency(frequencies: Uint32Array): Uint32Array {
  const order = Uint32Array.from(frequencies, (_, place) => place);
  order.sort((a, b) => (frequencies[b] ?? 0) - (frequencies[a] ?? 0) || a - b);
  const rank = new Uint32Array(frequencies.length);
  order.forEach((place, at) => {
    rank[place] = at;
  });
  return rank;
}

/** Place of `key` in the ascending `keys`, -1 where it is not there. */
function indexOf(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = keys[middle] ?? 0;
    if (there === key) return middle;
    if (there < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
