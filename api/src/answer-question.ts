import type { Classification, Features } from "@support-it-agent/shared/classifier/classifier";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { restoreValues } from "@support-it-agent/shared/text/restore-values";
import type { Answer, AnswerMeta } from "./answer.ts";
import { assessQuestion } from "./assess-question.ts";
import { chooseSources, citeSources, similarTickets } from "./cite-sources.ts";
import type { Decision } from "./decide.ts";
import type { ConversationTurn, GenerateAnswer, GivenSource } from "./generation/generation.ts";
import { handOffMessage } from "./hand-off-message.ts";
import type { JudgedPassage } from "./judge-passages.ts";
import type { QuestionClassifier } from "./model/classify-questions.ts";
import { type PreparedAsked, prepareAsked } from "./prepare-asked.ts";
import type { PredictionRecord } from "./records/record-prediction.ts";
import type { Passage, ReadAround, Retrieve } from "./retrieval/retrieval.ts";
import { createStageClock } from "./stage-clock.ts";

export type AnswerDeps = {
  readonly embedder: Embedder;
  readonly classifier: QuestionClassifier;
  readonly retrieve: Retrieve;
  readonly readAround: ReadAround;
  readonly generateAnswer: GenerateAnswer;
  /** True where generateAnswer has a language model, and so can write from solved tickets alone. */
  readonly composes: boolean;
  /** Writes one row and resolves with its id. Throws DatabaseUnavailableError. */
  readonly recordPrediction: (prediction: PredictionRecord) => Promise<string>;
  /** Resolves at the end of this turn of the event loop: setImmediate, where the runtime has it. */
  readonly endOfTurn?: () => Promise<unknown>;
  /** Told of each stage's duration, for the histograms. */
  readonly observeStage?: (stage: string, durationMs: number) => void;
};

export type AskRequest = {
  readonly question: string;
  readonly conversation: readonly ConversationTurn[];
  readonly topK: number;
  /** What the answer may be made of, and shown beside it. */
  readonly kinds: readonly Passage["kind"][];
  readonly requestId: string;
  /** Id of the key that asks; null without one. */
  readonly caller: string | null;
  /** When the answer's text has to be there, on performance.now()'s clock; a language model that is slower is cut off. */
  readonly writeUntilMs: number;
  readonly signal: AbortSignal;
};

export type AskEvent =
  | { readonly type: "meta"; readonly meta: AnswerMeta }
  | { readonly type: "delta"; readonly text: string }
  | { readonly type: "done"; readonly answer: Answer };

/**
 * The whole way from a question to an answer or a hand-off: features, classify, retrieve, decide, generate, check
 * citations, record. Yields `meta` once, any number of `delta`, and `done` last. The writer's own values stand in the
 * answer; everything else that reads the text sees it redacted.
 */
export async function* answerQuestion(deps: AnswerDeps, request: AskRequest): AsyncGenerator<AskEvent, void> {
  const clock = createStageClock(deps.observeStage);
  const prepared = prepareAsked(request.question, request.conversation);
  const { features, classification, passages, decision, degraded } = await assessQuestion(
    deps,
    request,
    prepared,
    clock,
  );
  const meta = describe(classification, decision, prepared.language, deps.classifier.modelVersion);
  yield { type: "meta", meta };

  const draft = yield* write(
    deps,
    request,
    { ...prepared, text: features.text },
    classification,
    decision,
    passages,
    clock,
  );
  const answer: Answer = {
    ...meta,
    ...draft,
    response: restoreValues(draft.response, prepared.values),
    predictionId: null,
    similarTickets: similarTickets(passages),
    degraded: [...degraded, ...draft.degraded],
  };
  const recorded = await clock.time(
    "record",
    record(deps, request, features, classification, { ...answer, ...draft }, clock),
  );
  yield {
    type: "done",
    answer: { ...answer, ...recorded, degraded: [...new Set([...answer.degraded, ...recorded.degraded])] },
  };
}

function describe(
  { queue, urgency }: Classification,
  decision: Decision,
  language: string,
  modelVersion: string,
): AnswerMeta {
  return {
    predictedQueue: queue.label,
    queueConfidence: toFourDigits(queue.confidence),
    predictedUrgency: urgency.label,
    urgencyConfidence: toFourDigits(urgency.confidence),
    action: decision.action,
    handOffReason: decision.handOffReason,
    language,
    modelVersion,
  };
}

/** More digits than a calibration on a few thousand rows can mean. */
const toFourDigits = (probability: number) => Math.round(probability * 10_000) / 10_000;

type Draft = Pick<Answer, "response" | "generatedBy" | "sources" | "degraded" | "action" | "handOffReason">;

/** Streams the answer's text, or gives the message of the hand-off, which comes whole. */
async function* write(
  deps: AnswerDeps,
  request: AskRequest,
  prepared: PreparedAsked,
  classification: Classification,
  decision: Decision,
  passages: readonly JudgedPassage[],
  clock: ReturnType<typeof createStageClock>,
): AsyncGenerator<AskEvent, Draft> {
  const queue = classification.queue.label;
  const chosen = chooseSources(passages);
  const handOff = (reason: NonNullable<Decision["handOffReason"]>, degraded: readonly string[]): Draft => ({
    action: "hand_off",
    handOffReason: reason,
    response: handOffMessage(reason, {
      question: prepared.question,
      isFollowUp: prepared.conversation.length > 0,
      queue,
      language: prepared.language,
    }),
    generatedBy: null,
    sources:
      reason === "low_confidence" || reason === "user_request"
        ? citeSources(chosen, allNumbers(chosen), prepared.text)
        : [],
    degraded,
  });
  if (decision.action === "hand_off") return handOff(decision.handOffReason, []);

  const startedMs = performance.now();
  const given = (await readAroundOrNot(deps.readAround, chosen)).map(giveSource);
  const events = deps.generateAnswer({
    question: prepared.question,
    conversation: prepared.conversation,
    language: prepared.language,
    queue,
    urgency: classification.urgency.label,
    sources: given,
    writeUntilMs: request.writeUntilMs,
    signal: request.signal,
  });
  for await (const event of events) {
    if (event.type === "delta") yield { type: "delta", text: restoreValues(event.text, prepared.values) };
    else clock.add("generate", performance.now() - startedMs);
    if (event.type === "none") return handOff(event.handOffReason, event.degraded);
    if (event.type === "done") {
      return {
        ...decision,
        response: event.text,
        generatedBy: event.generatedBy,
        sources: citeSources(chosen, event.cited, prepared.text),
        degraded: event.degraded,
      };
    }
  }
  throw new Error("the answer's text ended without a last event");
}

/** A database that goes away between two statements costs the context, not the answer. */
async function readAroundOrNot(
  readAround: ReadAround,
  passages: readonly JudgedPassage[],
): Promise<readonly JudgedPassage[]> {
  try {
    return await readAround(passages);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) return passages;
    throw error;
  }
}

const allNumbers = (passages: readonly Passage[]) => passages.map((_, index) => index + 1);

const giveSource = (passage: JudgedPassage, index: number): GivenSource => ({
  n: index + 1,
  kind: passage.kind,
  title: passage.title,
  content: passage.content,
  language: passage.language,
  relevance: passage.relevance,
});

/** Writes the row before its id leaves. The text, the answer and the sources in it are the redacted ones. */
async function record(
  deps: AnswerDeps,
  request: AskRequest,
  features: Features,
  classification: Classification,
  answer: Answer,
  clock: ReturnType<typeof createStageClock>,
): Promise<{ predictionId: string | null; degraded: readonly string[] }> {
  try {
    const predictionId = await deps.recordPrediction({
      requestId: request.requestId,
      route: "ask",
      caller: request.caller,
      text: features.text,
      language: features.language,
      numericFeatures: features.numeric,
      embedding: features.embedding,
      embedder: deps.embedder.maker,
      predictedQueue: answer.predictedQueue,
      predictedUrgency: answer.predictedUrgency,
      queueProbabilities: classification.queue.probabilities,
      urgencyProbabilities: classification.urgency.probabilities,
      outOfScopeProbability: classification.outOfScope.probability,
      modelVersion: answer.modelVersion,
      action: answer.action,
      handOffReason: answer.handOffReason,
      generatedBy: answer.generatedBy,
      response: answer.response,
      sources: answer.sources,
      degraded: answer.degraded,
      stageMs: clock.stageMs,
      latencyMs: clock.elapsedMs(),
    });
    return { predictionId, degraded: [] };
  } catch (error) {
    if (error instanceof DatabaseUnavailableError)
      return { predictionId: null, degraded: ["database_unavailable"] };
    throw error;
  }
}
