import type { LexicalTerms } from "./lexical-terms.ts";
import { lexicalVector } from "./lexical-vector.ts";

/** One linear model of the bundle over the hashed terms: a row of weights and a bias for each label. */
export type LexicalHead = {
  readonly name: "queue" | "urgency" | "scope";
  readonly labels: readonly string[];
  /** One Float32Array(32768) for each label. */
  readonly weights: readonly Float32Array[];
  readonly biases: Float32Array;
};

export type LexicalModel = { readonly idf: Float32Array; readonly heads: readonly LexicalHead[] };

/**
 * Decision values (w.x + b, no link function) of every head's every label, in the manifest's order: the last columns of
 * a model's input row. Sums are made in float64 and rounded once.
 */
export function lexicalScores(terms: LexicalTerms, model: LexicalModel): Float32Array {
  const values = lexicalVector(terms, model.idf);
  const scores = model.heads.flatMap((head) =>
    head.weights.map((weights, label) => {
      let score = head.biases[label] ?? 0;
      for (let i = 0; i < values.length; i += 1)
        score += (values[i] ?? 0) * (weights[terms.ids[i] ?? 0] ?? 0);
      return score;
    }),
  );
  return Float32Array.from(scores);
}
