import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import type { Source } from "../answer.ts";
import { vectorLiteral } from "../retrieval/vector-literal.ts";

/** What is kept of one prediction. Texts are the redacted ones. */
export type PredictionRecord = {
  readonly requestId: string | null;
  readonly route: "ask" | "classify";
  readonly text: string;
  readonly language: string;
  /** One value for each of numericFeatureNames. */
  readonly numericFeatures: Float32Array;
  readonly embedding: Float32Array | null;
  /** The maker of the embedding. */
  readonly embedder: string;
  readonly predictedQueue: string;
  readonly predictedUrgency: string;
  readonly queueProbabilities: Readonly<Record<string, number>>;
  readonly urgencyProbabilities: Readonly<Record<string, number>>;
  readonly outOfScopeProbability: number;
  readonly modelVersion: string;
  readonly action: "answer" | "hand_off" | "classify";
  readonly handOffReason: string | null;
  readonly generatedBy: string | null;
  readonly response: string | null;
  readonly sources: readonly Source[];
  readonly degraded: readonly string[];
  readonly stageMs: Readonly<Record<string, number>>;
  readonly latencyMs: number;
};

/** An answer waits for its row, but not longer than a person notices. */
const deadlineMs = 2_000;

/**
 * Writes a prediction as one row of prediction_logs, in one round trip, and resolves with its id once the row is durable
 * as PostgreSQL's synchronous_commit has it. A second try after a lost connection makes no second row. Throws
 * DatabaseUnavailableError.
 */
export function recordPrediction(database: Database): (prediction: PredictionRecord) => Promise<string> {
  return async (prediction) => {
    const id = newId();
    await database.rows(insert(id, prediction), { deadlineMs, isRead: true, isPrepared: true });
    return id;
  };
}

/** Every value goes as text with its type named, so that the four drivers send the same. */
function insert(id: string, p: PredictionRecord) {
  return sql`insert into prediction_logs (
      id, request_id, route, text, language, numeric_features, embedding, embedder, predicted_queue, predicted_urgency,
      queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action, hand_off_reason,
      generated_by, response, sources, degraded, stage_ms, latency_ms)
    values (${id}::uuid, ${p.requestId}, ${p.route}, ${p.text}, ${p.language},
      ${`{${p.numericFeatures.join(",")}}`}::real[], ${p.embedding && vectorLiteral(p.embedding)}::vector, ${p.embedder},
      ${p.predictedQueue}, ${p.predictedUrgency}, ${JSON.stringify(p.queueProbabilities)}::jsonb,
      ${JSON.stringify(p.urgencyProbabilities)}::jsonb, ${p.outOfScopeProbability}::real, ${p.modelVersion}, ${p.action},
      ${p.handOffReason}, ${p.generatedBy}, ${p.response}, ${JSON.stringify(p.sources)}::jsonb,
      array(select jsonb_array_elements_text(${JSON.stringify(p.degraded)}::jsonb)), ${JSON.stringify(p.stageMs)}::jsonb,
      ${p.latencyMs}::real)
    on conflict (id) do nothing`;
}
