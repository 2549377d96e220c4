import { foldText } from "../text/fold-text.ts";

/** Counts how many terms of each group a text has. */
export type CountKeywords = (text: string) => Uint32Array;

/**
 * Prepares groups of terms ("a, b c, d*", see keyword-groups.ts) for counting. The counter finds terms of one to five words
 * in one pass, so its time is linear in the text whatever the number of groups. A word that is in no term is looked
 * up once more among the terms of one whole word with a slip of the pen forgiven: one letter missing, too many, or
 * another, in words of six letters or more.
 */
export function createKeywordCounter(groups: readonly string[]): CountKeywords {
  const terms = new Map<string, Set<number>>();
  const stems = new Map<string, Set<number>>();
  groups.forEach((list, group) => {
    for (const term of list.split(/,\s*/)) {
      const words = term.trim().replace(/\s+/g, " ");
      if (words.endsWith("*")) addTo(stems, words.slice(0, -1), group);
      else addTo(terms, words, group);
    }
  });
  const openings = indexOpenings([...terms.keys(), ...stems.keys()]);
  const slips = indexSlips(terms);
  const stemLengths = [...new Set([...stems.keys()].map((stem) => stem.length))];

  return (text) => {
    const counts = new Uint32Array(groups.length);
    const words = foldText(text).match(/[a-z0-9]+/g) ?? [];
    const found = (hits: Iterable<number>) => {
      for (const group of hits) counts[group] = (counts[group] ?? 0) + 1;
    };
    for (let first = 0; first < words.length; first += 1) {
      const hits = new Set<number>();
      let phrase = "";
      for (let last = first; last < Math.min(first + longestTerm, words.length); last += 1) {
        phrase += (phrase === "" ? "" : " ") + words[last];
        for (const group of terms.get(phrase) ?? []) hits.add(group);
        for (const length of stemLengths) {
          if (length > phrase.length) continue;
          for (const group of stems.get(phrase.slice(0, length)) ?? []) hits.add(group);
        }
        if (!openings.has(phrase)) break;
      }
      const word = words[first] ?? "";
      if (hits.size === 0 && word.length >= shortestForgiven)
        for (const group of findSlip(slips, word)) hits.add(group);
      found(hits);
    }
    return counts;
  };
}

/** Words in the longest term. */
const longestTerm = 5;

const shortestForgiven = 6;

function addTo(map: Map<string, Set<number>>, key: string, group: number): void {
  const groups = map.get(key) ?? new Set<number>();
  map.set(key, groups.add(group));
}

/** The first words of every term of several words: where a phrase is none of these, no longer one is a term. */
function indexOpenings(terms: readonly string[]): ReadonlySet<string> {
  const openings = new Set<string>();
  for (const term of terms) {
    for (let blank = term.indexOf(" "); blank !== -1; blank = term.indexOf(" ", blank + 1)) {
      openings.add(term.slice(0, blank));
    }
  }
  return openings;
}

/** Each long single-word term under itself and under itself less any one letter (symmetric deletion). */
function indexSlips(terms: ReadonlyMap<string, ReadonlySet<number>>): Map<string, Set<number>> {
  const slips = new Map<string, Set<number>>();
  for (const [term, groups] of terms) {
    if (term.length < shortestForgiven || !/^[a-z]+$/.test(term)) continue;
    for (const variant of [term, ...withoutOneLetter(term)])
      for (const group of groups) addTo(slips, variant, group);
  }
  return slips;
}

/** A missing letter finds the term's own deletion, an extra one the term, a wrong one or a swap a common deletion. */
function findSlip(slips: ReadonlyMap<string, ReadonlySet<number>>, word: string): ReadonlySet<number> {
  for (const variant of [word, ...withoutOneLetter(word)]) {
    const groups = slips.get(variant);
    if (groups) return groups;
  }
  return new Set();
}

function withoutOneLetter(word: string): string[] {
  return Array.from({ length: Math.min(word.length, 24) }, (_, i) => word.slice(0, i) + word.slice(i + 1));
}
