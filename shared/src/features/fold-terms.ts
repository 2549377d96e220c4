import { type LexicalTerms, lexicalDimensions } from "./lexical-terms.ts";

/**
 * The same terms in the space of `dimensions` places that a bundle was trained on (lexicalSpaces): terms that come to share a place add up their
 * counts. Ids ascending.
 */
export function foldTerms(terms: LexicalTerms, dimensions: number): LexicalTerms {
  if (dimensions === lexicalDimensions) return terms;
  const length = terms.ids.length;
  // Every place with the term that it comes from as its fraction, so that plain numbers sort: a map of places costs four times as much.
  const order = new Float64Array(length);
  for (let i = 0; i < length; i += 1) order[i] = ((terms.ids[i] ?? 0) % dimensions) + i / length;
  order.sort();
  const ids = new Uint32Array(length);
  const counts = new Float32Array(length);
  let places = 0;
  for (const entry of order) {
    const id = Math.floor(entry);
    if (places === 0 || ids[places - 1] !== id) places += 1;
    ids[places - 1] = id;
    const term = Math.round((entry - id) * length);
    counts[places - 1] = (counts[places - 1] ?? 0) + (terms.counts[term] ?? 0);
  }
  return { ...terms, ids: ids.slice(0, places), counts: counts.slice(0, places) };
}
