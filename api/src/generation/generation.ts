import type { Urgency } from "@support-it-agent/shared/labels";

export type ConversationTurn = { readonly role: "user" | "assistant"; readonly content: string };

/** A passage as the language model is given it, under the number that citations use. */
export type GivenSource = {
  readonly n: number;
  readonly kind: "article" | "ticket";
  readonly title: string;
  readonly content: string;
};

export type GenerationRequest = {
  /** Prepared question: what left the building is redacted already. */
  readonly question: string;
  readonly conversation: readonly ConversationTurn[];
  readonly language: string;
  readonly queue: string;
  readonly urgency: Urgency;
  readonly sources: readonly GivenSource[];
  readonly signal: AbortSignal;
};

/** Streams an answer's text. `name` goes into `generated_by`, for example "mistral/ministral-8b-2512". */
export type Generator = {
  readonly name: string;
  /**
   * Yields pieces of text. Throws GenerationError (with a `reason`: "timeout", "rate_limited", "unreachable", "refused",
   * "circuit_open", "cut_off") when no answer, or no whole answer, can be had.
   */
  generate(request: GenerationRequest): AsyncIterable<string>;
};
