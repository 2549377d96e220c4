import type { Classification, Features } from "@support-it-agent/shared/classifier/classifier";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import type { Embedder, EmbedOptions } from "@support-it-agent/shared/embedder/embedder";
import { readFeatures } from "@support-it-agent/shared/features/read-features";
import type { AnswerDeps, AskRequest } from "./answer-question.ts";
import { type Decision, decide } from "./decide.ts";
import { type JudgedPassage, judgePassages } from "./judge-passages.ts";
import type { PreparedAsked } from "./prepare-asked.ts";
import type { Passage, RetrievalRequest, Retrieve } from "./retrieval/retrieval.ts";
import type { createStageClock } from "./stage-clock.ts";

export type Assessed = {
  readonly features: Features;
  readonly classification: Classification;
  readonly passages: readonly JudgedPassage[];
  readonly decision: Decision;
  readonly degraded: readonly string[];
};

/**
 * Embeds, retrieves, classifies and decides. One run does for a question that stands alone and for one that is plainly elliptical; one of
 * which the knowledge base knows nothing is tried once more behind the writer's earlier words, where there are some.
 */
export async function assessQuestion(
  deps: AnswerDeps,
  request: AskRequest,
  prepared: PreparedAsked,
  clock: ReturnType<typeof createStageClock>,
): Promise<Assessed> {
  const alone = await assess(deps, request, prepared, clock);
  const { inContext } = prepared;
  const isTriedAgain =
    alone.decision.handOffReason === "missing_knowledge" && inContext !== null && inContext !== prepared.text;
  if (!isTriedAgain) return alone;
  const together = await assess(deps, request, { ...prepared, text: inContext }, clock);
  return together.decision.action === "answer" ? together : alone;
}

async function assess(
  deps: AnswerDeps,
  { topK, kinds, signal }: AskRequest,
  prepared: PreparedAsked,
  clock: ReturnType<typeof createStageClock>,
): Promise<Assessed> {
  const { text, question, conversation, language } = prepared;
  const { promise: embeddingStart, resolve: onStart } = Promise.withResolvers<void>();
  const embedding = clock.time("embed", embedOne(deps.embedder, text, { signal, onStart }));
  const retrieval = clock.time(
    "retrieve",
    retrieveOrDegrade(deps.retrieve, { text, language, embedding, embeddingStart, topK, kinds, signal }),
  );
  // Where the embedding fails first, the answer fails with it, and nobody is left to await this.
  retrieval.catch(() => {});
  const vector = await embedding;
  // Features and classes hold this thread for more than a millisecond; the database ranks meanwhile. It is asked at the end of this
  // turn (joinCalls), and the question is on its way at the end of the next.
  await deps.endOfTurn?.();
  await deps.endOfTurn?.();
  const features: Features = { ...readFeatures(prepared), embedding: vector };
  const classification = await clock.time("classify", deps.classifier.classify(features));
  const { passages: found, degraded } = await retrieval;
  const queueProbabilities = classification.queue.probabilities;
  const passages = judgePassages(found, { text, language, queueProbabilities });
  const decision = decide({
    text,
    question,
    isFollowUp: conversation.length > 0,
    language,
    classification,
    passages,
    isKnowledgeAway: degraded.includes("database_unavailable"),
    composes: deps.composes,
  });
  return { features, classification, passages, decision, degraded };
}

async function embedOne(embedder: Embedder, text: string, options: EmbedOptions): Promise<Float32Array> {
  const [vector] = await embedder.embed([text], { ...options, isShared: true });
  if (!vector) throw new Error("the embedder gave no vector for the question");
  return vector;
}

/** A database that is away costs the passages, not the answer. */
async function retrieveOrDegrade(
  retrieve: Retrieve,
  request: RetrievalRequest,
): Promise<{ passages: Passage[]; degraded: string[] }> {
  try {
    return { passages: await retrieve(request), degraded: [] };
  } catch (error) {
    if (error instanceof DatabaseUnavailableError)
      return { passages: [], degraded: ["database_unavailable"] };
    throw error;
  }
}
