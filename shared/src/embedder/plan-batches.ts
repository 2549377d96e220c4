/** Texts that go through the network together: their numbers, and the token count that all share. */
export type Batch = { readonly texts: readonly number[]; readonly tokens: number };

/**
 * Groups texts by token count. A batch holds texts of one length only, so that it needs no padding and a
 * text's vector does not depend on its neighbours; and at most `maxBatchTokens` tokens (or one text), so
 * that no single run is long. Takes the token count of each text; gives every text exactly once.
 */
export function planBatches(tokenCounts: readonly number[], maxBatchTokens: number): Batch[] {
  const byLength = new Map<number, number[]>();
  tokenCounts.forEach((tokens, text) => {
    const group = byLength.get(tokens);
    if (group === undefined) byLength.set(tokens, [text]);
    else group.push(text);
  });

  const batches: Batch[] = [];
  for (const [tokens, texts] of byLength) {
    const size = Math.max(1, Math.floor(maxBatchTokens / Math.max(1, tokens)));
    for (let start = 0; start < texts.length; start += size) {
      batches.push({ texts: texts.slice(start, start + size), tokens });
    }
  }
  return batches;
}
