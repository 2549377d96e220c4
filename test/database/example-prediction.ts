import type { PredictionRecord } from "../../api/src/records/record-prediction.ts";
import { newId } from "../../shared/src/new-id.ts";

/** Everything that a text may hold and a driver may spoil: quotes, braces, a line break, three scripts, an emoji. */
const awkward = `l'imprimante "HP" {a,b} \\n \\\\serveur\\partage\n€ — 打印机 — принтер 🖨️ [1,2] $1 NULL`;

/** A unit vector whose components have all 24 bits of a float32. */
const embedding = Float32Array.from({ length: 384 }, (_, index) => Math.fround(Math.sin(index + 1) / 14));

/** A prediction of usual size in which every field has something to spoil. */
export const examplePrediction: PredictionRecord = {
  requestId: "request-1",
  route: "ask",
  caller: "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44",
  text: awkward,
  language: "fr",
  numericFeatures: Float32Array.of(0, 1, 0.1, -2.5e-7, 12_345.678),
  embedding,
  embedder: "all-MiniLM-L6-v2/test",
  predictedQueue: "Network / Infrastructure",
  predictedUrgency: "high",
  queueProbabilities: { "Network / Infrastructure": 0.93, "Security / Access": 0.07 },
  urgencyProbabilities: { low: 0.04, medium: 0.15, high: 0.81 },
  outOfScopeProbability: 0.002,
  modelVersion: "2026.11.22-1f3a9c",
  action: "answer",
  handOffReason: null,
  generatedBy: "extractive",
  response: awkward,
  sources: [
    { n: 1, kind: "article", id: newId(), title: awkward, url: null, quote: awkward, relevance: "high" },
  ],
  degraded: ["generation_unavailable", 'with "quotes", commas {and} braces'],
  stageMs: { embed: 3.5, retrieve: 4.25 },
  latencyMs: 12.5,
};
