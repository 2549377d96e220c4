import type { Classification, Classifier, Features } from "@support-it-agent/shared/classifier/classifier";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { PredictionRecord } from "./records/record-prediction.ts";

export type ClassifyDeps = {
  readonly embedder: Embedder;
  readonly classifier: Classifier;
  readonly recordPrediction: (prediction: PredictionRecord) => Promise<string>;
};

export type ClassifyRequest = {
  readonly texts: readonly string[];
  /** True to write a row for each, so that feedback can name it. Back-filling an archive does without. */
  readonly record: boolean;
  readonly requestId: string;
  /** Id of the key that asks; null without one. */
  readonly caller: string | null;
  readonly signal: AbortSignal;
};

export type ClassifiedText = {
  readonly predictionId: string | null;
  readonly language: string;
  readonly classification: Classification;
};

export type ClassifiedTexts = {
  /** Of the model that all of them come from. */
  readonly modelVersion: string;
  readonly results: readonly ClassifiedText[];
  readonly degraded: readonly string[];
};

/** Rows that are written at once, a few of them a statement: an archive leaves connections for those who wait for an answer. */
const recordedAtOnce = 16;

/** Queue, urgency and scope of many texts, in order, through the same door and features as an answer's question. */
export async function classifyTexts(deps: ClassifyDeps, request: ClassifyRequest): Promise<ClassifiedTexts> {
  const startedMs = performance.now();
  const prepared = request.texts.map((text) => prepareText(text));
  const vectors = await deps.embedder.embed(
    prepared.map(({ text }) => text),
    { signal: request.signal },
  );
  const rows = prepared.map((text, index) => buildFeatures(text, vectorAt(vectors, index)));
  const classifications = await deps.classifier.classify(rows);
  const latencyMs = performance.now() - startedMs;

  const degraded = new Set<string>();
  const results: ClassifiedText[] = [];
  const finish = async (features: Features, index: number): Promise<ClassifiedText> => {
    const classification = classifications[index];
    if (!classification) throw new Error("the classifier gave fewer rows than texts");
    const record = toRecord(deps, request, features, classification, latencyMs);
    const predictionId = request.record ? await recordOrDegrade(deps, record, degraded) : null;
    return { predictionId, language: features.language, classification };
  };
  for (let start = 0; start < rows.length; start += recordedAtOnce) {
    const group = rows.slice(start, start + recordedAtOnce);
    results.push(...(await Promise.all(group.map((features, index) => finish(features, start + index)))));
  }
  return { modelVersion: deps.classifier.modelVersion, results, degraded: [...degraded] };
}

function vectorAt(vectors: readonly Float32Array[], index: number): Float32Array {
  const vector = vectors[index];
  if (!vector) throw new Error("the embedder gave fewer vectors than texts");
  return vector;
}

function toRecord(
  { embedder, classifier }: ClassifyDeps,
  { requestId, caller }: ClassifyRequest,
  features: Features,
  { queue, urgency, outOfScope }: Classification,
  latencyMs: number,
): PredictionRecord {
  return {
    requestId,
    route: "classify",
    caller,
    text: features.text,
    language: features.language,
    numericFeatures: features.numeric,
    embedding: features.embedding,
    embedder: embedder.maker,
    predictedQueue: queue.label,
    predictedUrgency: urgency.label,
    queueProbabilities: queue.probabilities,
    urgencyProbabilities: urgency.probabilities,
    outOfScopeProbability: outOfScope.probability,
    modelVersion: classifier.modelVersion,
    action: "classify",
    handOffReason: null,
    generatedBy: null,
    response: null,
    sources: [],
    degraded: [],
    stageMs: {},
    latencyMs,
  };
}

/** After a group's refusal by an unreachable database, the others are not tried: each would wait for its own time-out. */
async function recordOrDegrade(
  { recordPrediction }: ClassifyDeps,
  record: PredictionRecord,
  degraded: Set<string>,
): Promise<string | null> {
  if (degraded.has("database_unavailable")) return null;
  try {
    return await recordPrediction(record);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    degraded.add("database_unavailable");
    return null;
  }
}
