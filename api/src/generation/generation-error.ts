/** Why no answer, or no whole answer, could be had from the language model. A closed set: callers branch on it. */
export type GenerationErrorReason =
  /** A deadline passed: before the first token, between two tokens, or for the whole answer. */
  | "timeout"
  /** HTTP 429 after the retries, or a Retry-After that is longer than anybody waits. */
  | "rate_limited"
  /** No connection, or HTTP 5xx, after the retries. */
  | "unreachable"
  /** Another HTTP 4xx: the key, the model's name or the request is wrong, and a retry would not mend it. */
  | "refused"
  /** It failed often lately and is left in peace for a while; nothing was sent. */
  | "circuit_open"
  /** The stream ended before the answer did, or said something that is no answer. */
  | "cut_off";

/**
 * What every generator throws. The message says what happened and what to do next; it never holds the key, the prompt,
 * or a body of the server's, so it may go into a log.
 */
export class GenerationError extends Error {
  override readonly name = "GenerationError";
  readonly reason: GenerationErrorReason;

  constructor(reason: GenerationErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
