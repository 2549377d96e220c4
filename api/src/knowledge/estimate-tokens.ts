/**
 * About how many tokens MiniLM makes of a text: it cuts words into pieces of an English vocabulary. Good to about a tenth
 * over a paragraph, and never far below, which is what a limit needs.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [run] of text.matchAll(/[\p{L}\p{M}]+|\p{N}|[^\s\p{L}\p{M}\p{N}]/gu)) {
    tokens += run.length <= 5 ? 1 : Math.ceil(run.length / 4.5);
  }
  return tokens;
}
