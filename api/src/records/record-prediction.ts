import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { sql } from "drizzle-orm";
import type { Source } from "../answer.ts";
import { joinCalls } from "../join-calls.ts";
import { keepStatements } from "../keep-statements.ts";
import { vectorLiteral } from "../retrieval/vector-literal.ts";

/** What is kept of one prediction. Texts are the redacted ones. */
export type PredictionRecord = {
  readonly requestId: string | null;
  readonly route: "ask" | "classify";
  /** Id of the key that asked; null without one. */
  readonly caller: string | null;
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
 * as PostgreSQL's synchronous_commit has it; predictions of one turn of the event loop share it (joinCalls). A second try after a lost
 * connection makes no second row. Throws DatabaseUnavailableError.
 */
export function recordPrediction(
  database: Database,
  endOfTurn?: () => Promise<unknown>,
): (prediction: PredictionRecord) => Promise<string> {
  return joinCalls((predictions) => insertRows(database, predictions), { endOfTurn });
}

async function insertRows(database: Database, predictions: readonly PredictionRecord[]): Promise<string[]> {
  const ids = predictions.map(() => newId());
  const values = Object.fromEntries(
    predictions.flatMap((prediction, row) =>
      Object.entries({ ...prediction, ...asText(prediction), id: ids[row] }).map(([name, value]) => [
        `${name}${row}`,
        value,
      ]),
    ),
  );
  await database.rows(insertOf(ids.length), { deadlineMs, isRead: true, isPrepared: true, values });
  return ids;
}

/** What is no plain value goes as text, so that the four drivers send the same. */
const asText = (p: PredictionRecord) => ({
  numericFeatures: `{${p.numericFeatures.join(",")}}`,
  embedding: p.embedding && vectorLiteral(p.embedding),
  queueProbabilities: JSON.stringify(p.queueProbabilities),
  urgencyProbabilities: JSON.stringify(p.urgencyProbabilities),
  sources: JSON.stringify(p.sources),
  degraded: JSON.stringify(p.degraded),
  stageMs: JSON.stringify(p.stageMs),
});

/** The same object for as many rows, so that it is put into words once. */
const insertOf = keepStatements(
  (rows: number) => sql`insert into prediction_logs (
    id, request_id, route, caller, text, language, numeric_features, embedding, embedder, predicted_queue, predicted_urgency,
    queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version, action, hand_off_reason,
    generated_by, response, sources, degraded, stage_ms, latency_ms)
  values ${sql.join(Array.from({ length: rows }, rowOf), sql`, `)}
  on conflict (id) do nothing`,
);

function rowOf(_: unknown, row: number) {
  const of = (name: keyof PredictionRecord | "id") => sql.placeholder(`${name}${row}`);
  return sql`(${of("id")}::uuid, ${of("requestId")}, ${of("route")}, ${of("caller")}, ${of("text")}, ${of("language")},
    ${of("numericFeatures")}::real[], ${of("embedding")}::vector, ${of("embedder")}, ${of("predictedQueue")}, ${of("predictedUrgency")},
    ${of("queueProbabilities")}::jsonb, ${of("urgencyProbabilities")}::jsonb, ${of("outOfScopeProbability")}::real,
    ${of("modelVersion")}, ${of("action")}, ${of("handOffReason")}, ${of("generatedBy")}, ${of("response")}, ${of("sources")}::jsonb,
    array(select jsonb_array_elements_text(${of("degraded")}::jsonb)), ${of("stageMs")}::jsonb, ${of("latencyMs")}::real)`;
}
