import type { TextEncoder } from "../../shared/src/embedder/create-text-encoder.ts";
import { prepareText } from "../../shared/src/text/prepare-text.ts";
import type { StarterText } from "./read-starter-texts.ts";
import { seededRandom } from "./seeded-random.ts";

/** Tokens of every question, [CLS] and [SEP] included, after preparation. */
export const questionTokens = 24;

/**
 * `count` different questions, English and French, of exactly 24 tokens each: the beginning of what a ticket says from one of its
 * sentences on, continued by another ticket of the same language and queue where it is too short. The same seed
 * gives the same questions. Throws a RangeError where the texts do not give that many.
 */
export function composeQuestions(
  texts: readonly StarterText[],
  encode: TextEncoder,
  count: number,
  seed: number,
): string[] {
  const random = seededRandom(seed);
  const questions = new Set<string>();
  for (let tries = 0; questions.size < count; tries += 1) {
    if (tries > 100 * count)
      throw new RangeError(`only ${questions.size} of ${count} questions could be made`);
    const first = random.pick(texts);
    const others = texts.filter(
      ({ language, queue }) => language === first.language && queue === first.queue,
    );
    const from = random.between(0, first.sentences.length - 1);
    const words = [...first.sentences.slice(from), ...random.pick(others).sentences].join(" ").split(/\s+/);
    const question = cutToTokens(words, encode);
    if (question) questions.add(question);
  }
  return [...questions];
}

/** The first words that make 24 tokens as the application sees them; null where a word steps over. */
function cutToTokens(words: readonly string[], encode: TextEncoder): string | null {
  let tokens = encode("").length;
  for (const [index, word] of words.entries()) {
    tokens += encode(word).length - encode("").length;
    if (tokens > questionTokens) return null;
    if (tokens < questionTokens) continue;
    const { text } = prepareText(words.slice(0, index + 1).join(" "));
    return encode(text).length === questionTokens ? words.slice(0, index + 1).join(" ") : null;
  }
  return null;
}
