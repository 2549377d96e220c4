import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { HandOffReason, Relevance } from "./answer.ts";
import { closesConversation } from "./closes-conversation.ts";
import { greetsOnly } from "./greets-only.ts";
import { isMostlyLatin } from "./is-mostly-latin.ts";
import type { JudgedPassage } from "./judge-passages.ts";
import { wantsPastime } from "./wants-pastime.ts";
import { wantsPerson } from "./wants-person.ts";

export type Decision =
  | { readonly action: "answer"; readonly handOffReason: null }
  | { readonly action: "hand_off"; readonly handOffReason: HandOffReason };

export type DecisionInput = {
  /** What was classified and searched: the question, or the question behind the writer's earlier words. */
  readonly text: string;
  /** The question alone: what is asked for now. */
  readonly question: string;
  /** True where something was said before it. */
  readonly isFollowUp: boolean;
  /** What the text is written in, "en", "fr" or another of detectLanguage. */
  readonly language: string;
  readonly classification: Classification;
  readonly passages: readonly Pick<JudgedPassage, "kind" | "content" | "relevance" | "probability">[];
  /** True where the database did not answer, so that no passage says nothing about the knowledge base. */
  readonly isKnowledgeAway: boolean;
  /** True where a language model writes: it can make an answer out of solved tickets; quoting them to others does not. */
  readonly composes: boolean;
};

/**
 * Answers, or hands over to a person with a reason: before any language model is asked, from the calibrated
 * probabilities and what retrieval found. In this order:
 *
 * 1. Somebody who asks for a person gets one. A greeting alone is out of scope, and so are thanks and "it works now". The question alone
 *    tells; who asked for a person before and now asks something else is answered. A joke, a poem or a sum is out of scope, whatever it is about.
 * 2. A text that the scope model calls none of IT's is out of scope, unless it says enough to be matched and the knowledge
 *    base plainly speaks of it (the company's own subjects, which the model never saw). It has read off-topic texts in English and French
 *    alone, and calls most of what is written in other languages one: there a person decides. In
 *    other scripts than the Latin one no language is told at all: what no passage of such a script answers is low confidence.
 * 3. Without a passage that is probably about the question there is nothing true to say: missing knowledge, or, where the
 *    scope model is nearly sure too, out of scope. Two witnesses need less certainty each than one alone. Where the knowledge base
 *    could not be asked, nobody knows what it holds: generation unavailable.
 * 4. Where the classifier abstains on the queue, a passage must be rather about the question than not.
 */
export function decide(input: DecisionInput): Decision {
  const { text, question, isFollowUp, language, classification, passages, isKnowledgeAway, composes } = input;
  const isReadable = isMostlyLatin(text);
  const usable = passages.filter(
    ({ kind, content }) => (composes || kind === "article") && (isReadable || !isMostlyLatin(content)),
  );
  const evidence = bestRelevance(usable);
  if (wantsPerson(question)) return handOff("user_request");
  if (wantsPastime(question)) return handOff("out_of_scope");
  if (greetsOnly(question) || closesConversation(question, { isFollowUp })) return handOff("out_of_scope");
  const { isOutOfScope, probability } = classification.outOfScope;
  const isScopeKnown = isReadable && scopeLanguages.has(language);
  if (isScopeKnown && isOutOfScope && !isAboutKnowledge(text, usable, classification)) {
    return handOff("out_of_scope");
  }
  if (isKnowledgeAway) return handOff("generation_unavailable");
  if (evidence === "none" || evidence === "low") {
    const isOffTopic = isScopeKnown && probability >= outOfScopeWithoutEvidence;
    if (!isReadable) return handOff("low_confidence");
    return handOff(isOffTopic ? "out_of_scope" : "missing_knowledge");
  }
  if (classification.queue.abstains && surest(usable) < sureWithoutQueue) return handOff("low_confidence");
  return { action: "answer", handOffReason: null };
}

/** What data/starter/tickets/out-of-scope.jsonl is written in, which every bundle's scope model learns from. */
const scopeLanguages: ReadonlySet<string> = new Set(["en", "fr"]);

/** Two witnesses disagree: the surer one is believed, and a greeting of a word or two, which stands in some article, is none. */
function isAboutKnowledge(
  text: string,
  passages: DecisionInput["passages"],
  { outOfScope }: Classification,
): boolean {
  return countWords(text) >= fewestWordsToMatch && surest(passages) > outOfScope.probability;
}

const surest = (passages: DecisionInput["passages"]) =>
  Math.max(0, ...passages.map((passage) => passage.probability));

/** Least probability of a passage that carries an answer without a queue to agree with. */
const sureWithoutQueue = 0.5;

/**
 * Least probability that calls a text out of scope which no passage speaks of. A person reads it in either case: what is at stake
 * is the reason given. Of the evidence questions that no article answers, 7 % are above it.
 */
const outOfScopeWithoutEvidence = 0.9;

/** Fewer words match anything. */
const fewestWordsToMatch = 4;

const countWords = (text: string) => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

/** The best band among the passages; "none" without any. */
function bestRelevance(passages: DecisionInput["passages"]): Relevance | "none" {
  const bands = new Set(passages.map((passage) => passage.relevance));
  return (["high", "medium", "low"] as const).find((band) => bands.has(band)) ?? "none";
}

const handOff = (handOffReason: HandOffReason): Decision => ({ action: "hand_off", handOffReason });
