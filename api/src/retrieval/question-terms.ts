import { foldText } from "@support-it-agent/shared/text/fold-text";
import { type GlossaryLanguage, itGlossary } from "@support-it-agent/shared/text/it-glossary";
import { askingWords } from "./asking-words.ts";
import { searchWords } from "./search-words.ts";

/** One word that is looked for, in a language that chunks may have. */
export type QuestionTerm = {
  /** What of the question it stands for: the words of a phrase and their translations share one number. */
  readonly concept: number;
  readonly word: string;
  /** Whose dictionary stems it. */
  readonly language: string;
  /** How often the question says it; less than 1 for a translation. */
  readonly weight: number;
  /** False for a translation. */
  readonly own: boolean;
};

/** A question of 5,000 characters has some 400 distinct words; what comes after these says it again. */
const maxWords = 300;

/** Who says a word four times means it no more than who says it three times. */
const maxRepetitions = 3;

/** Less than the asker's own word, so that of two equal articles the one in the asker's language comes first. */
const translationWeight = 0.8;

/**
 * What the text arm looks for: the question's words but for those that only ask, and what the IT glossary makes of them in the
 * other language.
 */
export function questionTerms(text: string, language: string): QuestionTerm[] {
  const counts = new Map<string, number>();
  for (const word of namingWords(searchWords(text), language)) {
    if (counts.size < maxWords || counts.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const translations = isGlossaryLanguage(language) ? translatePhrases(text, language) : [];
  const conceptOf = createConcepts(translations);
  const own = [...counts].map(([word, count]) => ({
    concept: conceptOf(foldText(word)),
    word,
    language,
    weight: Math.min(count, maxRepetitions),
    own: true,
  }));
  const other = language === "fr" ? "en" : "fr";
  const translated = translations.flatMap(({ words, translations }) =>
    [...new Set(translations.flatMap(searchWords))].map((word) => ({
      concept: conceptOf(words[0] ?? ""),
      word,
      language: other,
      weight: translationWeight,
      own: false,
    })),
  );
  return [...own, ...translated];
}

/** The words without those that only ask. "Hello, can you help me?" names nothing, and is found nowhere. */
function namingWords(words: readonly string[], language: string): readonly string[] {
  return isGlossaryLanguage(language)
    ? words.filter((word) => !askingWords[language].has(foldText(word)))
    : words;
}

type TranslatedPhrase = { readonly words: readonly string[]; readonly translations: readonly string[] };

/** Numbers the question's notions: words of one translated phrase are one, every other word is one of its own. */
function createConcepts(phrases: readonly TranslatedPhrase[]): (foldedWord: string) => number {
  const numbers = new Map<string, number>();
  phrases.forEach(({ words }, index) => {
    for (const word of words) numbers.set(word, index);
  });
  let next = phrases.length;
  return (word) => {
    const known = numbers.get(word) ?? next++;
    numbers.set(word, known);
    return known;
  };
}

/** The glossary's phrases in the text, the longest at each place, each with all that it can be in the other language. */
function translatePhrases(text: string, language: GlossaryLanguage): TranslatedPhrase[] {
  const dictionary = dictionaries[language];
  const words = foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = new Map<string, TranslatedPhrase>();
  for (let first = 0; first < words.length && found.size < maxWords; ) {
    let length = Math.min(longestPhrase, words.length - first);
    while (length > 1 && !dictionary.has(words.slice(first, first + length).join(" "))) length -= 1;
    const phrase = words.slice(first, first + length);
    const translations = dictionary.get(phrase.join(" "));
    if (translations) found.set(phrase.join(" "), { words: phrase, translations });
    first += length;
  }
  return [...found.values()];
}

const longestPhrase = 5;

const dictionaries: Record<GlossaryLanguage, ReadonlyMap<string, readonly string[]>> = {
  fr: buildDictionary("fr", "en"),
  en: buildDictionary("en", "fr"),
};

function buildDictionary(from: GlossaryLanguage, to: GlossaryLanguage) {
  const dictionary = new Map<string, string[]>();
  for (const entry of itGlossary) {
    for (const term of entry[from]) {
      const phrase = (foldText(term).match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
      dictionary.set(phrase, [...(dictionary.get(phrase) ?? []), ...entry[to]]);
    }
  }
  return dictionary;
}

const isGlossaryLanguage = (language: string): language is GlossaryLanguage =>
  language === "fr" || language === "en";
