import type { Features } from "../classifier/classifier.ts";
import type { PreparedText } from "../text/prepare-text.ts";
import { lexicalTerms } from "./lexical-terms.ts";
import { numericFeatures } from "./numeric-features.ts";

/** What the models read of one text beside its vector: it can be had while the vector is being made. */
export function readFeatures({
  text,
  language,
}: Pick<PreparedText, "text" | "language">): Omit<Features, "embedding"> {
  return { text, language, numeric: numericFeatures(text, language), lexical: lexicalTerms(text) };
}
