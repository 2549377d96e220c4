import type { Relevance } from "./answer.ts";
import evidenceModel from "./evidence-model.json" with { type: "json" };
import type { Passage } from "./retrieval/retrieval.ts";

/** Coefficients for evidenceColumns. Made by scripts/fit-evidence.ts. */
export type EvidenceModel = { readonly coefficients: readonly number[] };

type Scored = Pick<Passage, "cosine" | "coverage" | "language" | "queue">;

/** What is known of the question: its language and, where it was classified, the probability of each queue. */
export type AskedAbout = {
  readonly language: string;
  readonly queueProbabilities?: Readonly<Record<string, number>>;
};

/**
 * What the relevance model reads of a passage: an intercept, the cosine, the share of the question's rare terms that are in
 * it, both together (a "hello" that happens to stand in an article is covered, and like nothing in it), and corrections for
 * other languages than English, which MiniLM was not trained on: it finds any two French texts alike, and a French
 * question less like its English answer.
 * The classifier is the second witness: the probability of the queue that the passage belongs to, as its root, so that a
 * queue that is merely second counts.
 */
export function evidenceColumns({ cosine, coverage, language, queue }: Scored, asked: AskedAbout): number[] {
  const isSameForeign = language === asked.language && language !== "en" ? 1 : 0;
  const isCrossed = language === asked.language ? 0 : 1;
  const c = cosine ?? 0;
  const agreement = queue === null ? undefined : asked.queueProbabilities?.[queue];
  return [
    1,
    c,
    coverage ?? 0,
    c * (coverage ?? 0),
    isSameForeign,
    isSameForeign * c,
    isCrossed,
    Math.sqrt(agreement ?? unknownAgreement),
  ];
}

/**
 * How probably a passage is about the question, 0..1: logistic regression over evidenceColumns, fitted by `node
 * scripts/fit-evidence.ts` on data/starter/evidence, whose questions are disjoint from every test set.
 */
export function relevanceProbability(passage: Scored, asked: AskedAbout): number {
  const columns = evidenceColumns(passage, asked);
  const logit = columns.reduce((sum, value, i) => sum + value * (evidenceModel.coefficients[i] ?? 0), 0);
  return 1 / (1 + Math.exp(-logit));
}

/** The band that leaves the building instead of the probability. */
export function relevanceBand(probability: number): Relevance {
  if (probability >= bandFloors.high) return "high";
  return probability >= bandFloors.medium ? "medium" : "low";
}

/** `node scripts/fit-evidence.ts` prints what each floor finds and hands off. */
const bandFloors = { high: 0.8, medium: 0.35 };

/** Where a passage has no queue, or the question none yet: neither for nor against. */
const unknownAgreement = 0.5;
