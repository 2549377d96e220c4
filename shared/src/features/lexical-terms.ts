import { foldText } from "../text/fold-text.ts";
import { placeholderPattern } from "../text/redact-text.ts";

/**
 * Length of the hashed term space: 2^15 places for character n-grams, 2^17 for words and word pairs, of which there are many more: a few
 * thousand tickets have more pairs than 2^15 places, and two that share one learn a weight that is right for neither.
 */
export const lexicalDimensions = 163_840;

/**
 * The places of the smaller space that bundles of less than some thousand tickets are trained on (foldTerms): character n-grams and words share
 * 2^15, and a place is the rest of the larger space's number.
 */
export const fewLexicalDimensions = 32_768;

/** The spaces that a bundle may be trained on. */
export const lexicalSpaces: readonly number[] = [fewLexicalDimensions, lexicalDimensions];

/** Whatever else decides which number a term gets; part of the feature hash. */
export const lexicalParameters = {
  version: 2,
  hash: "fnv1a-32, folded to 15 bits by xor",
  wordGrams: [1, 2],
  characterGrams: [3, 4, 5],
  longestWord: 40,
} as const;

/** Terms of one text. */
export type LexicalTerms = {
  /** Hashed terms, ascending, without repetition, each 0..163839. */
  readonly ids: Uint32Array;
  /** counts[i] is how often ids[i] came. */
  readonly counts: Float32Array;
  /** The words themselves, in the order of their first coming, each once: for what depends on one very word. */
  readonly words: readonly string[];
};

/**
 * Hashed terms of a prepared text: words and word pairs, and the character 3- to 5-grams inside each word with its two
 * borders ("<wi", "wif", "ifi", "fi>"), case and accents folded. A placeholder is one word without its number; error
 * codes stay as they are, other numbers become "#". Two terms may share an id (Weinberger et al., 2009); the distinct words
 * stand beside them as they are.
 */
export function lexicalTerms(text: string): LexicalTerms {
  const counts = new Map<number, number>();
  const count = (id: number) => counts.set(id, (counts.get(id) ?? 0) + 1);
  const addWords = (hash: number) => count(foldHash(hash) + fewLexicalDimensions * (1 + (hash >>> 30)));
  const words = lexicalWords(text);
  let before = "";
  for (const word of words) {
    addWords(fnv1a(`w ${word}`));
    if (before !== "") addWords(fnv1a(`b ${before} ${word}`));
    addCharacterGrams(word, (hash) => count(foldHash(hash)));
    before = word;
  }
  const ids = Uint32Array.from(counts.keys()).sort();
  return { ids, counts: Float32Array.from(ids, (id) => counts.get(id) ?? 0), words: [...new Set(words)] };
}

/** Words of a prepared text, folded, numbers and placeholders made general. */
export function lexicalWords(text: string): string[] {
  const general = text.replace(placeholderPattern, (placeholder) => ` ${placeholderWord(placeholder)} `);
  const words = foldText(general).match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.map(generalizeNumber).map((word) => word.slice(0, lexicalParameters.longestWord));
}

/** "[EMAIL_12]" -> "_email_". */
function placeholderWord(placeholder: string): string {
  return `_${placeholder.slice(1, placeholder.lastIndexOf("_")).toLowerCase()}_`;
}

/** Digits alone say nothing but their presence; 0x80070035, kb5034441, o365 and windows11 are words. */
function generalizeNumber(word: string): string {
  return /^\d+$/.test(word) ? (errorNumbers.has(word) ? word : "#") : word;
}

/** Numbers that people know by name: HTTP and VPN errors, and editions of products. */
const errorNumbers = new Set(
  "365 401 403 404 408 429 500 502 503 504 619 651 678 691 720 789 800 809 868".split(" "),
);

function addCharacterGrams(word: string, add: (hash: number) => void): void {
  if (word === "#" || word.startsWith("_")) return;
  const bordered = `<${word}>`;
  for (const size of lexicalParameters.characterGrams) {
    for (let start = 0; start + size <= bordered.length; start += 1) {
      add(fnv1a(`c ${bordered.slice(start, start + size)}`));
    }
  }
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function fnv1a(term: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i += 1) {
    hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Xor-folding keeps the upper bits' share in the answer, which a mask would lose. The two uppermost stay for words. */
function foldHash(hash: number): number {
  return ((hash >>> 15) ^ hash) & (fewLexicalDimensions - 1);
}
