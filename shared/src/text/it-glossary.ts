import { foldText } from "./fold-text.ts";
import { itGlossaryEntries } from "./it-glossary-entries.ts";

/** The two languages of the glossary. */
export type GlossaryLanguage = "fr" | "en";

/**
 * The terms of `text` that the IT glossary knows, in the other language: "mon mot de passe VPN est expiré" from "fr" to
 * "en" gives ["password", "expired"]. The longest phrase at each place counts, so that "mot de passe" is not also "mot";
 * case, accents, apostrophes and dashes do not matter. All synonyms of a notion, as they are written, without
 * repetition, in the order of the text. For expanding a question's terms, not for reading.
 */
export function translateTerms(text: string, from: GlossaryLanguage, to: GlossaryLanguage): string[] {
  if (from === to) return [];
  const dictionary = dictionaries[from];
  const words = glossaryWords(text);
  const found = new Set<string>();
  for (let first = 0; first < words.length; ) {
    const length = longestPhraseAt(words, first, dictionary);
    const translations = dictionary.get(words.slice(first, first + length).join(" ")) ?? [];
    for (const translation of translations) found.add(translation);
    first += Math.max(length, 1);
  }
  return [...found];
}

/** One notion with its words in both languages, the usual one first. */
type GlossaryEntry = { readonly fr: readonly string[]; readonly en: readonly string[] };

/** The glossary's notions, as written in it-glossary-entries.ts. */
export const itGlossary: readonly GlossaryEntry[] = itGlossaryEntries
  .trim()
  .split("\n")
  .map((line) => {
    const [fr = "", en = ""] = line.split("=");
    const terms = (side: string) => side.split(",").map((term) => term.trim());
    return { fr: terms(fr), en: terms(en) };
  });

/** Folded phrase -> translations. */
type Dictionary = ReadonlyMap<string, readonly string[]>;

const dictionaries: Record<GlossaryLanguage, Dictionary> = {
  fr: buildDictionary("fr", "en"),
  en: buildDictionary("en", "fr"),
};

function buildDictionary(from: GlossaryLanguage, to: GlossaryLanguage): Dictionary {
  const dictionary = new Map<string, string[]>();
  for (const entry of itGlossary) {
    for (const term of entry[from]) {
      const phrase = glossaryWords(term).join(" ");
      const known = dictionary.get(phrase) ?? [];
      dictionary.set(phrase, [...new Set([...known, ...entry[to]])]);
    }
  }
  return dictionary;
}

function glossaryWords(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words in the longest phrase. */
const longestPhrase = 5;

function longestPhraseAt(words: readonly string[], first: number, dictionary: Dictionary): number {
  for (let length = Math.min(longestPhrase, words.length - first); length > 0; length -= 1) {
    if (dictionary.has(words.slice(first, first + length).join(" "))) return length;
  }
  return 0;
}
