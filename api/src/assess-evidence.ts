import type { Relevance } from "./answer.ts";
import type { Passage } from "./retrieval/retrieval.ts";

/**
 * How far a passage can be trusted to be about the question, 0..1: a logistic model over its cosine and the share of the
 * question's rare terms that it covers. Fitted by `node scripts/fit-evidence.ts` on data/starter/evidence, whose questions
 * are disjoint from every test set; docs/retrieval.md has the figures.
 */
export function relevanceProbability(passage: Pick<Passage, "cosine" | "coverage">): number {
  const logit =
    evidenceModel.intercept +
    evidenceModel.cosine * (passage.cosine ?? 0) +
    evidenceModel.coverage * (passage.coverage ?? 0);
  return 1 / (1 + Math.exp(-logit));
}

/** The band that leaves the building instead of the probability. */
export function relevanceBand(passage: Pick<Passage, "cosine" | "coverage">): Relevance {
  const probability = relevanceProbability(passage);
  if (probability >= bandFloors.high) return "high";
  return probability >= bandFloors.medium ? "medium" : "low";
}

/** The best band among the passages; "none" without any. */
export function assessEvidence(passages: readonly Passage[]): Relevance | "none" {
  const bands = new Set(passages.map(relevanceBand));
  return (["high", "medium", "low"] as const).find((band) => bands.has(band)) ?? "none";
}

const evidenceModel = { intercept: -4.5, cosine: 6, coverage: 4 };

const bandFloors = { high: 0.8, medium: 0.5 };
