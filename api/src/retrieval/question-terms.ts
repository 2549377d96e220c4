import { searchWords } from "./search-words.ts";

/** One word that stands for a term of the question, in a language that chunks may have. */
export type QuestionTerm = {
  /** Which term of the question it stands for: synonyms and translations share one. */
  readonly concept: number;
  readonly word: string;
  /** Whose dictionary stems it. */
  readonly language: string;
  /** 1 for the asker's own word; less for a translation. */
  readonly weight: number;
};

/** A question of 5,000 characters has some 400 distinct words; what comes after these says it again. */
const maxConcepts = 300;

/** A word in another language's chunk: a product name or a cognate more often than a coincidence. */
const foreignWeight = 0.6;

const searchedLanguages = ["en", "fr", "de", "es", "pt", "it", "nl"];

/** The terms that the text arm looks for: each distinct word of the question, read in every language. */
export function questionTerms(text: string, language: string): QuestionTerm[] {
  const words = [...new Set(searchWords(text))].slice(0, maxConcepts);
  const others = searchedLanguages.filter((other) => other !== language);
  return words.flatMap((word, concept) => [
    { concept, word, language, weight: 1 },
    ...others.map((other) => ({ concept, word, language: other, weight: foreignWeight })),
  ]);
}
