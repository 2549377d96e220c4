import { splitSentences } from "@support-it-agent/shared/text/split-sentences";

const maxQuoteLength = 280;

/**
 * The sentence of `content` that shares most words with the question, as a source's quote; the first one where none does.
 * Longer ones are cut at a word.
 */
export function quoteBestSentence(content: string, question: string, language: string): string {
  const asked = words(question);
  const sentences = splitSentences(content, language)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 0);
  let best = sentences[0] ?? content;
  let bestShared = 0;
  for (const sentence of sentences) {
    let shared = 0;
    for (const word of words(sentence)) if (asked.has(word)) shared += word.length;
    if (shared > bestShared) [best, bestShared] = [sentence, shared];
  }
  return cut(best);
}

/** Words of four letters and more, without accents: the short ones say little about what a sentence is about. */
function words(text: string): Set<string> {
  return new Set(
    text
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]{4,}/gu) ?? [],
  );
}

function cut(sentence: string): string {
  if (sentence.length <= maxQuoteLength) return sentence;
  const head = sentence.slice(0, maxQuoteLength);
  return `${head.slice(0, Math.max(head.lastIndexOf(" "), 1))}…`;
}
