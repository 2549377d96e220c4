import type { Relevance } from "./answer.ts";
import { type AskedAbout, relevanceBand, relevanceProbability } from "./assess-evidence.ts";
import type { Passage } from "./retrieval/retrieval.ts";

export type JudgedPassage = Passage & {
  readonly relevance: Relevance;
  /** How probably the passage is about the question, 0..1. Stays inside; `relevance` is what leaves. */
  readonly probability: number;
};

/** The passages by how probably they are about the question, most probable first: retrieval and classifier together. */
export function judgePassages(passages: readonly Passage[], asked: AskedAbout): JudgedPassage[] {
  return passages
    .map((passage) => ({ passage, probability: relevanceProbability(passage, asked) }))
    .sort((a, b) => b.probability - a.probability)
    .map(({ passage, probability }) => ({ ...passage, probability, relevance: relevanceBand(probability) }));
}
