import type { Relevance } from "./answer.ts";
import evidenceModel from "./evidence-model.json" with { type: "json" };
import type { Passage } from "./retrieval/retrieval.ts";

/** Coefficients for evidenceColumns. Made by scripts/fit-evidence.ts. */
export type EvidenceModel = { readonly coefficients: readonly number[] };

type Scored = Pick<Passage, "cosine" | "coverage" | "language">;

/**
 * What the relevance model reads of a passage: an intercept, the cosine, the share of the question's rare terms that are in
 * it, both together (a "hello" that happens to stand in an article is covered, and like nothing in it), and corrections for
 * other languages than English, which MiniLM was not trained on: it finds any two French texts alike, and a French
 * question less like its English answer.
 */
export function evidenceColumns({ cosine, coverage, language }: Scored, questionLanguage: string): number[] {
  const isSameForeign = language === questionLanguage && language !== "en" ? 1 : 0;
  const isCrossed = language === questionLanguage ? 0 : 1;
  const c = cosine ?? 0;
  return [1, c, coverage ?? 0, c * (coverage ?? 0), isSameForeign, isSameForeign * c, isCrossed];
}

/**
 * How probably a passage is about the question, 0..1: logistic regression over evidenceColumns, fitted by `node
 * scripts/fit-evidence.ts` on data/starter/evidence, whose questions are disjoint from every test set.
 */
export function relevanceProbability(passage: Scored, questionLanguage: string): number {
  const columns = evidenceColumns(passage, questionLanguage);
  const logit = columns.reduce((sum, value, i) => sum + value * (evidenceModel.coefficients[i] ?? 0), 0);
  return 1 / (1 + Math.exp(-logit));
}

/** The band that leaves the building instead of the probability. */
export function relevanceBand(passage: Scored, questionLanguage: string): Relevance {
  const probability = relevanceProbability(passage, questionLanguage);
  if (probability >= bandFloors.high) return "high";
  return probability >= bandFloors.medium ? "medium" : "low";
}

/** The best band among the passages; "none" without any. */
export function assessEvidence(passages: readonly Scored[], questionLanguage: string): Relevance | "none" {
  const bands = new Set(passages.map((passage) => relevanceBand(passage, questionLanguage)));
  return (["high", "medium", "low"] as const).find((band) => bands.has(band)) ?? "none";
}

/** `node scripts/fit-evidence.ts` prints what each floor finds and hands off. */
const bandFloors = { high: 0.8, medium: 0.4 };
