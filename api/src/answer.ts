import type { Urgency } from "@support-it-agent/shared/labels";

/** Why a person takes over. A closed set: clients branch on it. */
export const handOffReasons = [
  "low_confidence",
  "missing_knowledge",
  "out_of_scope",
  "user_request",
  "generation_unavailable",
] as const;

export type HandOffReason = (typeof handOffReasons)[number];

/** How well a source fits the question, as a band: raw scores stay inside (they invite gaming). */
export type Relevance = "high" | "medium" | "low";

export type Source = {
  /** The number that [n] in the response points at. */
  readonly n: number;
  readonly kind: "article" | "ticket";
  readonly id: string;
  readonly title: string;
  readonly url: string | null;
  /** The sentence of the source that fits the question best. */
  readonly quote: string;
  readonly relevance: Relevance;
};

export type SimilarTicket = { readonly id: string; readonly subject: string; readonly resolution: string };

/** What is known before the answer's text: enough for a ticket tool to route by. */
export type AnswerMeta = {
  readonly predictedQueue: string;
  readonly queueConfidence: number;
  readonly predictedUrgency: Urgency;
  readonly urgencyConfidence: number;
  readonly action: "answer" | "hand_off";
  readonly handOffReason: HandOffReason | null;
  readonly language: string;
  readonly modelVersion: string;
};

export type Answer = AnswerMeta & {
  /** Null where no row could be written: an id that leaves is a row that exists. */
  readonly predictionId: string | null;
  readonly response: string;
  readonly generatedBy: string | null;
  readonly sources: readonly Source[];
  readonly similarTickets: readonly SimilarTicket[];
  /** Codes of what was away while this answer was made; empty when nothing was. */
  readonly degraded: readonly string[];
};
