/**
 * About how many tokens MiniLM makes of a text, without its tokenizer: its vocabulary is English, so that an English
 * word is mostly one token and a word of another language several. Over a chunk right to about a tenth in the median
 * (docs/retrieval.md), which is what a limit with room above it needs.
 */
export function estimateTokens(text: string, language: string): number {
  const lettersPerToken = knownLettersPerToken[language] ?? 3.3;
  let tokens = 0;
  for (const [run] of text.matchAll(/[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu)) {
    tokens += Math.ceil(run.length / (/\p{N}/u.test(run) ? 3 : lettersPerToken));
  }
  return tokens;
}

const knownLettersPerToken: Readonly<Record<string, number>> = { en: 8, fr: 3.8, de: 3.3 };
