import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { classifyTexts } from "../../api/src/classify-texts.ts";
import type { PredictionRecord } from "../../api/src/records/record-prediction.ts";
import type { Bundle } from "../../shared/src/bundle/load-bundle.ts";
import { createClassifier } from "../../shared/src/classifier/create-classifier.ts";
import type { Database } from "../../shared/src/database/database.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { newId } from "../../shared/src/new-id.ts";
import { prepareText } from "../../shared/src/text/prepare-text.ts";
import { type Random, seededRandom } from "../../trainer/src/drift/seeded-random.ts";
import { embedTexts } from "../../trainer/src/stages/featurize/embed-texts.ts";
import { openEmbeddingCache } from "../../trainer/src/stages/featurize/embedding-cache.ts";

const embeddingsFolder = fileURLToPath(new URL("../../.cache/embeddings", import.meta.url));

export type Traffic = {
  /** The bundle that predicts. */
  readonly bundle: Bundle;
  readonly embedder: Embedder;
  /** Drawn with replacement. */
  readonly texts: readonly string[];
  /** Other texts, and the share of the questions that they are (0..1). */
  readonly others?: { readonly texts: readonly string[]; readonly share: number };
  /** The first day, milliseconds since 1970. */
  readonly from: number;
  readonly days: number;
  /** On average: Mondays have more, week-ends hardly any. */
  readonly perDay: number;
  readonly seed: number;
  /** How many people ask; without it nobody knows who does. */
  readonly callers?: number;
};

/** A question that was asked. */
export type Asked = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As it was drawn, before preparation. */
  readonly text: string;
  readonly predictedQueue: string;
};

const dayMs = 86_400_000;

/** Volume by weekday, Sunday first; 1 on average. */
const volumes = [0.2, 1.5, 1.4, 1.3, 1.25, 1.1, 0.25];

/** Rows of one statement. */
const batchRows = 250;

/**
 * Weeks of questions in prediction_logs as POST /classify would have left them, with the real models: days with weekdays, working hours, everything
 * drawn by the seed. Each different text is embedded and classified once; vectors are kept in .cache/embeddings. Resolves with the
 * questions in order of time.
 */
export async function writeTraffic(database: Database, traffic: Traffic): Promise<Asked[]> {
  const random = seededRandom(traffic.seed);
  const drawn = drawQuestions(traffic, random);
  const records = await predict(traffic, [...new Set(drawn.map(({ text }) => text))]);
  const rows = drawn.flatMap(({ at, text }) => {
    const record = records.get(text);
    const caller = traffic.callers ? `caller-${Math.floor(random() * traffic.callers)}` : null;
    return record ? [{ ...record, id: newId(at), at, caller, raw: text }] : [];
  });
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows).map(toJson);
    await database.rows(
      sql`${insert} from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as ${columns}`,
      {
        deadlineMs: 60_000,
      },
    );
  }
  return rows.map(({ id, at, raw, predictedQueue }) => ({ id, at, text: raw, predictedQueue }));
}

function drawQuestions(traffic: Traffic, random: Random): { at: number; text: string }[] {
  const { texts, others, from, days, perDay } = traffic;
  return Array.from({ length: days }, (_, day) => {
    const start = from + day * dayMs;
    const count = Math.round(perDay * (volumes[new Date(start).getUTCDay()] ?? 1) * (0.85 + 0.3 * random()));
    return Array.from({ length: count }, () => ({
      at: Math.floor(start + ((8 + 10 * random()) / 24) * dayMs),
      text: pick(others && random() < others.share ? others.texts : texts, random),
    })).sort((a, b) => a.at - b.at);
  }).flat();
}

/** What the API's own code says of each text, as it would record it. */
async function predict(
  { bundle, embedder }: Traffic,
  texts: readonly string[],
): Promise<Map<string, PredictionRecord>> {
  const cache = await openEmbeddingCache(embeddingsFolder, embedder.maker);
  await embedTexts([...new Set(texts.map((text) => prepareText(text).text))], embedder, cache, () => {});
  const remembering: Embedder = {
    ...embedder,
    embed: async (wanted) => wanted.map((text) => cache.get(text) ?? new Float32Array()),
  };
  const classifier = await createClassifier(bundle);
  const records: PredictionRecord[] = [];
  const recordPrediction = async (record: PredictionRecord) => `${records.push(record)}`;
  try {
    const signal = new AbortController().signal;
    const request = { texts, record: true, requestId: "traffic", caller: null, signal };
    await classifyTexts({ embedder: remembering, classifier, recordPrediction }, request);
  } finally {
    await classifier.close();
  }
  return new Map(
    texts.flatMap((text, at): [string, PredictionRecord][] => {
      const record = records[at];
      return record ? [[text, record]] : [];
    }),
  );
}

type Row = PredictionRecord & { readonly id: string; readonly at: number; readonly caller: string | null };

function toJson(row: Row) {
  return {
    ...row,
    numericFeatures: `{${row.numericFeatures.join(",")}}`,
    embedding: row.embedding && `[${row.embedding.join(",")}]`,
    createdAt: new Date(row.at).toISOString(),
  };
}

const insert = sql`insert into prediction_logs (id, request_id, route, caller, text, language, numeric_features, embedding, embedder,
    predicted_queue, predicted_urgency, queue_probabilities, urgency_probabilities, out_of_scope_probability, model_version,
    action, sources, degraded, stage_ms, latency_ms, created_at)
  select id, "requestId", route, caller, text, language, "numericFeatures"::real[], embedding::vector, embedder, "predictedQueue",
    "predictedUrgency", "queueProbabilities", "urgencyProbabilities", "outOfScopeProbability", "modelVersion", action, '[]', '{}', '{}',
    "latencyMs", "createdAt"`;

const columns = sql`row(id uuid, "requestId" text, route text, caller text, text text, language text, "numericFeatures" text,
  embedding text, embedder text, "predictedQueue" text, "predictedUrgency" text, "queueProbabilities" jsonb, "urgencyProbabilities" jsonb,
  "outOfScopeProbability" real, "modelVersion" text, action text, "latencyMs" real, "createdAt" timestamptz)`;

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("There is no text to draw.");
  return item;
}
