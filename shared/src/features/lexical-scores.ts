import { foldTerms } from "./fold-terms.ts";
import type { LexicalTerms } from "./lexical-terms.ts";
import { lexicalVector } from "./lexical-vector.ts";

/** The linear models of one of the bundle's three models over a text's terms, with weights and a bias for each label. */
export type LexicalHead = {
  readonly name: "queue" | "urgency" | "scope";
  readonly labels: readonly string[];
  /** Over the hashed terms: one Float32Array for each label, as long as `idf`. */
  readonly weights: readonly Float32Array[];
  readonly biases: Float32Array;
  /** Over the vocabulary: one Float32Array(words) for each label. */
  readonly wordWeights: readonly Float32Array[];
  readonly wordBiases: Float32Array;
};

export type LexicalModel = {
  readonly idf: Float32Array;
  /** The vocabulary: a word (see lexicalWords) and its place in `wordWeights`. */
  readonly words: ReadonlyMap<string, number>;
  readonly heads: readonly LexicalHead[];
};

/**
 * Decision values (no link function) of every head's every label, in the manifest's order: the last columns of a model's
 * input row. First those over the TF-IDF of all hashed terms, w.x + b; then those over the vocabulary, the sum of the
 * weights of the words that the text has, once each, + b. The former see a little of everything; the latter, few weights
 * fitted with an L1 penalty, know the very words that decide. Sums are made in float64 and rounded once.
 */
export function lexicalScores(terms: LexicalTerms, model: LexicalModel): Float32Array {
  const { heads } = model;
  return Float32Array.from([...termScores(terms, model), ...heads.flatMap(wordScores(terms, model))]);
}

function termScores(allTerms: LexicalTerms, { idf, heads }: LexicalModel): number[] {
  const terms = foldTerms(allTerms, idf.length);
  const values = lexicalVector(terms, idf);
  return heads.flatMap((head) =>
    head.weights.map((weights, label) => {
      let score = head.biases[label] ?? 0;
      for (let i = 0; i < values.length; i += 1)
        score += (values[i] ?? 0) * (weights[terms.ids[i] ?? 0] ?? 0);
      return score;
    }),
  );
}

/** The words are looked up once for all heads. */
function wordScores(terms: LexicalTerms, model: LexicalModel): (head: LexicalHead) => number[] {
  const places = terms.words.flatMap((word) => model.words.get(word) ?? []);
  return ({ wordWeights, wordBiases }) =>
    wordWeights.map((weights, label) =>
      places.reduce((score, place) => score + (weights[place] ?? 0), wordBiases[label] ?? 0),
    );
}
