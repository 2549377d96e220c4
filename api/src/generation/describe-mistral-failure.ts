import {
  ConnectionError,
  UnexpectedClientError,
} from "@mistralai/mistralai/models/errors/httpclienterrors.js";
import { MistralError } from "@mistralai/mistralai/models/errors/mistralerror.js";
import { GenerationError } from "./generation-error.ts";

export type MistralFailure = {
  readonly error: GenerationError;
  /** True where the same request may succeed a moment later. */
  readonly isRetryable: boolean;
  /** What the server asked to wait; null where it asked nothing. */
  readonly retryAfterMs: number | null;
};

/**
 * Turns what the SDK threw before the first token into a GenerationError. Nothing of the SDK's own messages is taken over:
 * they can hold the request's headers (the key) or the server's body (the prompt).
 */
export function describeMistralFailure(thrown: unknown, nowMs: number = Date.now()): MistralFailure {
  if (thrown instanceof GenerationError)
    return { ...fixed(thrown), isRetryable: thrown.reason === "cut_off" };
  if (thrown instanceof MistralError) return describeStatus(thrown.statusCode, thrown.headers, nowMs);
  if (thrown instanceof ConnectionError || thrown instanceof UnexpectedClientError) {
    const error = new GenerationError(
      "unreachable",
      "The language model's server could not be reached; check the network and MISTRAL_SERVER_URL.",
    );
    return { ...fixed(error), isRetryable: true };
  }
  return fixed(
    new GenerationError(
      "refused",
      `The request to the language model could not be made (${nameOf(thrown)}); check MISTRAL_API_KEY and MISTRAL_MODEL.`,
    ),
  );
}

function describeStatus(status: number, headers: Headers, nowMs: number): MistralFailure {
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), nowMs);
  if (status === 429) {
    const message =
      "The language model's server allows no more requests for now (HTTP 429); try later or raise the limit.";
    return { error: new GenerationError("rate_limited", message), isRetryable: true, retryAfterMs };
  }
  if (status >= 500) {
    const message = `The language model's server failed (HTTP ${status}); try again later.`;
    return { error: new GenerationError("unreachable", message), isRetryable: true, retryAfterMs };
  }
  return fixed(new GenerationError("refused", refusalMessage(status)));
}

function refusalMessage(status: number): string {
  const next: Record<number, string> = {
    200: "its answer is no event stream: check MISTRAL_SERVER_URL",
    401: "check MISTRAL_API_KEY",
    403: "check what MISTRAL_API_KEY may do",
    404: "check MISTRAL_MODEL and MISTRAL_SERVER_URL",
  };
  return `The language model refused the request (HTTP ${status}); ${next[status] ?? "check MISTRAL_MODEL and the length of the sources"}.`;
}

/** Retry-After in seconds or as an HTTP date (RFC 9110, section 10.2.3); null where it is neither. */
function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

const fixed = (error: GenerationError): MistralFailure => ({ error, isRetryable: false, retryAfterMs: null });

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown);
