import { MistralCore } from "@mistralai/mistralai/core.js";
import { chatStream } from "@mistralai/mistralai/funcs/chatStream.js";
import type { EventStream } from "@mistralai/mistralai/lib/event-streams.js";
import { HTTPClient } from "@mistralai/mistralai/lib/http.js";
import type { CompletionEvent } from "@mistralai/mistralai/models/components/completionevent.js";
import type { DeltaMessage } from "@mistralai/mistralai/models/components/deltamessage.js";
import { buildPrompt, type PromptMessage } from "./build-prompt.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./circuit-breaker.ts";
import { createReasoningFilter } from "./create-reasoning-filter.ts";
import { describeMistralFailure } from "./describe-mistral-failure.ts";
import { fetchLenientEvents } from "./fetch-lenient-events.ts";
import type { Generator } from "./generation.ts";
import { GenerationError } from "./generation-error.ts";
import type { GenerationLog } from "./generation-log.ts";
import { createStageDeadline, type StageDeadline } from "./stage-deadline.ts";

export type MistralGeneratorOptions = {
  /** May be empty for a server that asks for none. */
  readonly apiKey: string;
  readonly model: string;
  /** Any server that speaks the API, with or without the "/v1" at its end. Default: Mistral's own. */
  readonly serverUrl?: string;
  readonly maxOutputTokens?: number;
  /** From the question to the first token: connecting, every retry and its waiting together. */
  readonly firstTokenMs?: number;
  readonly betweenTokensMs?: number;
  readonly wholeAnswerMs?: number;
  /** Attempts before the first token, the first one included. */
  readonly maxAttempts?: number;
  /** The longest wait before the second attempt, in ms; doubles with each further one. */
  readonly retryWaitMs?: number;
  readonly circuitBreaker?: CircuitBreaker;
  /** 0..1, for the jitter of the waits. */
  readonly random?: () => number;
  readonly log?: GenerationLog;
};

/**
 * A language model behind Mistral's chat API, streamed. It retries before the first token alone (429, 5xx, lost
 * connections: what was said cannot be unsaid), gives each stage its own time and no more than the request has left, stops asking a server that keeps failing,
 * and closes the connection when the caller leaves or stops reading. Throws GenerationError, and nothing else but the
 * reason of the caller's own signal.
 */
export function createMistralGenerator(options: MistralGeneratorOptions): Generator {
  const settings = { ...defaults, ...options };
  const circuit = options.circuitBreaker ?? createCircuitBreaker({ failureThreshold: 5, openMs: 30_000 });

  return {
    name: `mistral/${options.model}`,
    async *generate(request) {
      const leftMs = request.writeUntilMs - performance.now();
      if (leftMs <= 0) throw new GenerationError("timeout", noTimeMessage);
      const limits = {
        ...settings,
        firstTokenMs: Math.min(settings.firstTokenMs, leftMs),
        wholeAnswerMs: Math.min(settings.wholeAnswerMs, leftMs),
      };
      const permit = circuit.enter();
      if (!permit) throw new GenerationError("circuit_open", circuitOpenMessage);
      const deadline = createStageDeadline(request.signal, limits.wholeAnswerMs);
      let hasSpoken = false;
      try {
        const { first, pieces } = await openWithRetry(
          createClient(options, deadline.signal),
          limits,
          buildPrompt(request),
          deadline,
        );
        const reasoning = createReasoningFilter();
        let length = 0;
        let piece = first;
        while (!piece.done) {
          hasSpoken = true;
          length += piece.value.length;
          if (length > settings.maxOutputTokens * maxCharactersPerToken) throw cutOff("grew past its limit");
          const text = reasoning.take(piece.value);
          if (text !== "") yield text;
          piece = await deadline.within(settings.betweenTokensMs, "further token", pieces.next());
        }
        permit.succeed();
        if (piece.value === "length") throw cutOff("reached its limit of tokens");
        const rest = reasoning.end();
        if (rest === null) throw cutOff("ended in the middle of a thought");
        if (rest !== "") yield rest;
      } catch (error) {
        if (error instanceof GenerationError) {
          if (error.reason !== "refused") permit.fail();
          settings.log?.warn({ model: options.model, reason: error.reason }, error.message);
        }
        throw error;
      } finally {
        if (hasSpoken) permit.succeed();
        else permit.release();
        deadline.end();
      }
    },
  };
}

const defaults = {
  maxOutputTokens: 800,
  firstTokenMs: 15_000,
  betweenTokensMs: 10_000,
  wholeAnswerMs: 60_000,
  maxAttempts: 3,
  retryWaitMs: 400,
  random: Math.random,
};

type Settings = typeof defaults & Pick<MistralGeneratorOptions, "model" | "log">;

/** Low, not zero: support steps want the sources' words, and zero makes small models repeat themselves. */
const temperature = 0.2;

/** A server that does not keep to max_tokens is stopped at this many characters a token. */
const maxCharactersPerToken = 8;

const circuitOpenMessage =
  "The language model failed several times in a row and is left in peace for a while; nothing was sent.";

const noTimeMessage =
  "No time was left for the language model when its turn came; nothing was sent. Ask again, or raise ASK_DEADLINE_MS.";

/** In place of the SDK's own, which MISTRAL_DEBUG turns on and which prints the key. */
const silentLogger = { group: () => {}, groupEnd: () => {}, log: () => {} };

/** A client of one answer. The signal is given to fetch itself: through the SDK's own requests it is lost where one of them is garbage. */
const createClient = ({ apiKey, serverUrl }: MistralGeneratorOptions, signal: AbortSignal): MistralCore =>
  new MistralCore({
    apiKey,
    ...(serverUrl && { serverURL: serverUrl.replace(/\/+$/, "").replace(/\/v1$/, "") }),
    httpClient: new HTTPClient({ fetcher: (input, init) => fetchLenientEvents(input, { ...init, signal }) }),
    retryConfig: { strategy: "none" },
    debugLogger: silentLogger,
  });

type Pieces = AsyncGenerator<string, FinishReason, void>;
type FinishReason = "stop" | "length";
type OpenAnswer = { readonly first: IteratorResult<string, FinishReason>; readonly pieces: Pieces };

async function openWithRetry(
  client: MistralCore,
  settings: Settings,
  messages: readonly PromptMessage[],
  deadline: StageDeadline,
): Promise<OpenAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const leftMs = Math.max(0, settings.firstTokenMs - deadline.elapsedMs());
    try {
      return await deadline.within(leftMs, "first token", open(client, settings, messages, deadline));
    } catch (thrown) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      const { error, isRetryable, retryAfterMs } = describeMistralFailure(thrown);
      const backoffMs = settings.retryWaitMs * 2 ** (attempt - 1) * (0.5 + settings.random() / 2);
      const waitMs = Math.max(retryAfterMs ?? 0, backoffMs);
      const isWorthWaiting = deadline.elapsedMs() + waitMs < settings.firstTokenMs;
      if (!isRetryable || attempt >= settings.maxAttempts || !isWorthWaiting) throw error;
      settings.log?.warn(
        { model: settings.model, reason: error.reason, attempt, wait_ms: Math.round(waitMs) },
        `${error.message} Trying again.`,
      );
      await deadline.within(settings.firstTokenMs, "first token", sleep(waitMs));
    }
  }
}

/** One attempt: sends the request and waits for the first token, so that a stream that dies before it can be retried. */
async function open(
  client: MistralCore,
  { model, maxOutputTokens }: Settings,
  messages: readonly PromptMessage[],
  { signal }: StageDeadline,
): Promise<OpenAnswer> {
  const body = { model, messages: [...messages], maxTokens: maxOutputTokens, temperature, stream: true };
  const result = await chatStream(client, body, { signal });
  if (!result.ok) throw result.error;
  const pieces = readPieces(result.value, signal);
  return { first: await pieces.next(), pieces };
}

/** The answer's text, piece by piece; returns why it ended. */
async function* readPieces(events: EventStream<CompletionEvent>, signal: AbortSignal): Pieces {
  const reader = events.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (true) {
      const event = await reader.read().catch(() => null);
      if (event === null) throw cutOff("broke off or held something that is no answer");
      if (event.done) throw cutOff("ended in the middle");
      const choice = event.value.data.choices[0];
      const text = textOf(choice?.delta.content);
      if (text !== "") yield text;
      const finishReason: unknown = choice?.finishReason;
      if (finishReason === "stop" || finishReason === "length") return finishReason;
      if (finishReason) throw cutOff("ended for another reason than being complete");
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/** Text alone: what a reasoning model thinks aloud, and references to files, are no part of an answer. */
function textOf(content: DeltaMessage["content"]): string {
  if (!content) return "";
  if (typeof content === "string") return content;
  return content.map((chunk) => (chunk.type === "text" && "text" in chunk ? chunk.text : "")).join("");
}

const cutOff = (how: string): GenerationError =>
  new GenerationError("cut_off", `The language model's answer ${how}; what came before it is all there is.`);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
