import type { Urgency } from "@support-it-agent/shared/labels";
import type { Relevance } from "../answer.ts";

export type ConversationTurn = { readonly role: "user" | "assistant"; readonly content: string };

/** A passage as the language model is given it, under the number that citations use. */
export type GivenSource = {
  readonly n: number;
  readonly kind: "article" | "ticket";
  readonly title: string;
  readonly content: string;
  readonly language: string;
  readonly relevance: Relevance;
};

export type GenerationRequest = {
  /** Prepared question: what left the building is redacted already. */
  readonly question: string;
  readonly conversation: readonly ConversationTurn[];
  readonly language: string;
  readonly queue: string;
  readonly urgency: Urgency;
  readonly sources: readonly GivenSource[];
  /** When the text has to be there, on performance.now()'s clock: the caller's own end is a little later. */
  readonly writeUntilMs: number;
  readonly signal: AbortSignal;
};

/** Streams an answer's text. `name` goes into `generated_by`, for example "mistral/ministral-8b-2512". */
export type Generator = {
  readonly name: string;
  /**
   * Yields pieces of text. Throws GenerationError (generation-error.ts) when no answer, or no whole answer, can be had,
   * and the signal's own reason when the request was aborted. Ending the iteration early ends the request upstream.
   */
  generate(request: GenerationRequest): AsyncIterable<string>;
};

/**
 * What was less than it should be while the text was written: the language model failed before the first sentence left,
 * it broke off after that, or it cited nothing and was replaced by quotes. A model that is not configured is no fault.
 */
export type DegradedGeneration = "llm_unavailable" | "answer_cut_off" | "answer_uncited";

/** What an answer's text arrives as. `done.text` is the whole checked text: the deltas put together. */
export type AnswerEvent =
  | { readonly type: "delta"; readonly text: string }
  | {
      readonly type: "done";
      readonly text: string;
      /** "mistral/<model>" or "extractive". */
      readonly generatedBy: string;
      /** Numbers of the sources that the text cites, each once, ascending. */
      readonly cited: readonly number[];
      readonly degraded: readonly DegradedGeneration[];
    }
  /**
   * No answer: the language model found that the sources hold none ("missing_knowledge"), or there was neither a
   * language model nor a passage good enough to quote ("generation_unavailable").
   */
  | {
      readonly type: "none";
      readonly handOffReason: "missing_knowledge" | "generation_unavailable";
      readonly degraded: readonly DegradedGeneration[];
    };

/** Writes an answer out of the given sources: by the language model, or, without one, by quoting. */
export type GenerateAnswer = (request: GenerationRequest) => AsyncIterable<AnswerEvent>;
