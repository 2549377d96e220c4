import type { LexicalTerms } from "./lexical-terms.ts";

/**
 * TF-IDF of a text's terms: (1 + ln count) x idf[id], scaled to length 1 (all zero where no term has weight). Values
 * stand beside terms.ids, which are those of the bundle's space (foldTerms). The trainer fits its linear heads on this very formula in float64; `idf` is the bundle's.
 */
export function lexicalVector(terms: LexicalTerms, idf: Float32Array): Float64Array {
  const values = new Float64Array(terms.ids.length);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = (1 + Math.log(terms.counts[i] ?? 1)) * (idf[terms.ids[i] ?? 0] ?? 0);
    values[i] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? 0) / length;
  return values;
}
