import type { LexicalTerms } from "./lexical-terms.ts";

/**
 * TF-IDF of a text's terms: (1 + ln count) x idf[id], scaled to length 1 (all zero where no term has weight). Values
 * stand beside terms.ids, which are those of the bundle's space (foldTerms). The trainer fits its linear heads on this very formula in float64; `idf` is the bundle's.
 */
export function lexicalVector(terms: LexicalTerms, idf: Float32Array): Float64Array {
  const values = Float64Array.from(
    terms.ids,
    (id, i) => (1 + Math.log(terms.counts[i] ?? 1)) * (idf[id] ?? 0),
  );
  let squares = 0;
  for (const value of values) squares += value * value;
  const length = Math.sqrt(squares);
  return length === 0 ? values : values.map((value) => value / length);
}
