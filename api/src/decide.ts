import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { HandOffReason } from "./answer.ts";
import { assessEvidence } from "./assess-evidence.ts";
import type { Passage } from "./retrieval/retrieval.ts";
import { wantsPerson } from "./wants-person.ts";

export type Decision =
  | { readonly action: "answer"; readonly handOffReason: null }
  | { readonly action: "hand_off"; readonly handOffReason: HandOffReason };

export type DecisionInput = {
  readonly text: string;
  readonly language: string;
  readonly classification: Classification;
  readonly passages: readonly Passage[];
  /** True where a language model writes: it can make an answer out of solved tickets; quoting them to others does not. */
  readonly composes: boolean;
};

/**
 * Answers, or hands over to a person with a reason: before any language model is asked, from the calibrated
 * probabilities and what retrieval found. In this order:
 *
 * 1. Somebody who asks for a person gets one.
 * 2. A text that the scope model calls none of IT's is out of scope, unless the knowledge base plainly speaks of it.
 * 3. Without a passage that is probably about the question there is nothing true to say: missing knowledge.
 * 4. Where the classifier abstains on the queue, only a passage that plainly fits carries an answer.
 */
export function decide({ text, language, classification, passages, composes }: DecisionInput): Decision {
  const usable = composes ? passages : passages.filter((passage) => passage.kind === "article");
  const evidence = assessEvidence(usable, language);
  if (wantsPerson(text)) return handOff("user_request");
  if (classification.outOfScope.isOutOfScope && evidence !== "high") return handOff("out_of_scope");
  if (evidence === "none" || evidence === "low") return handOff("missing_knowledge");
  if (classification.queue.abstains && evidence !== "high") return handOff("low_confidence");
  return { action: "answer", handOffReason: null };
}

const handOff = (handOffReason: HandOffReason): Decision => ({ action: "hand_off", handOffReason });
