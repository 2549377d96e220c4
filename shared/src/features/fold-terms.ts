import { type LexicalTerms, lexicalDimensions } from "./lexical-terms.ts";

/**
 * The same terms in the space of `dimensions` places that a bundle was trained on (lexicalSpaces): terms that come to share a place add up their
 * counts. Ids ascending.
 */
export function foldTerms(terms: LexicalTerms, dimensions: number): LexicalTerms {
  if (dimensions === lexicalDimensions) return terms;
  const counts = new Map<number, number>();
  terms.ids.forEach((id, i) => {
    const place = id % dimensions;
    counts.set(place, (counts.get(place) ?? 0) + (terms.counts[i] ?? 0));
  });
  const ids = Uint32Array.from(counts.keys()).sort();
  return { ...terms, ids, counts: Float32Array.from(ids, (id) => counts.get(id) ?? 0) };
}
