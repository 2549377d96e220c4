import { z } from "zod";

/** A lexeme of the question as the database knows it. */
export const lookedUpTermSchema = z.object({
  /** Its place in `weights`; null where no chunk ever held it. */
  id: z.number().nullable(),
  /** What of the question it stands for. */
  concept: z.number(),
  /** False for a translation. */
  own: z.boolean(),
  /** How often the question says it; less for a translation and for a word as it stands. */
  weight: z.number(),
  /** In how many of the chunks it occurs. */
  holding: z.number(),
});

export type LookedUpTerm = z.infer<typeof lookedUpTermSchema>;

export type WeighedTerms = {
  /** What a lexeme counts in this question, by its id: BM25 is the inner product with a chunk's weights. */
  readonly scores: ReadonlyMap<number, number>;
  /** What a chunk scored at most that held every word of the question endlessly often. */
  readonly ceiling: number;
  readonly terms: readonly (LookedUpTerm & { readonly idf: number })[];
};

/**
 * Weighs a question's lexemes by their rarity among `chunks` chunks: BM25's inverse document frequency, ln(1 + (N - n + .5) / (n + .5)).
 * Translations of one notion count by the commonest of them, shared among them.
 */
export function weighTerms(lookedUp: readonly LookedUpTerm[], chunks: number): WeighedTerms {
  const terms = lookedUp.map((term) => ({
    ...term,
    idf: Math.log(1 + (chunks - term.holding + 0.5) / (term.holding + 0.5)),
  }));
  const translations = Map.groupBy(
    terms.filter(({ own }) => !own),
    ({ concept }) => concept,
  );
  const scoreOf = ({ own, weight, idf, concept }: (typeof terms)[number]) => {
    if (own) return weight * idf;
    const others = translations.get(concept) ?? [];
    return (weight * Math.min(...others.map((other) => other.idf))) / Math.sqrt(others.length);
  };
  const scores = new Map<number, number>();
  let ceiling = 0;
  for (const term of terms) {
    const score = scoreOf(term);
    if (term.id !== null) scores.set(term.id, score);
    if (term.own) ceiling += score;
  }
  return { scores, ceiling, terms };
}
