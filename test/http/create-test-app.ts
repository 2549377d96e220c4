import type { Answer } from "../../api/src/answer.ts";
import type { AskEvent, AskRequest } from "../../api/src/answer-question.ts";
import { createApp } from "../../api/src/app.ts";
import type { AppDeps, Limits } from "../../api/src/app-deps.ts";
import { localCaller } from "../../api/src/auth/caller.ts";
import { createSlots } from "../../api/src/http/create-slots.ts";
import { parseDocument } from "../../api/src/knowledge/parse-document.ts";
import { createReadPage } from "../../api/src/node/create-read-page.ts";
import { createLineLogger } from "../../api/src/operations/create-line-logger.ts";
import { createMetrics } from "../../api/src/operations/metrics.ts";
import { urgencies } from "../../shared/src/labels.ts";

export const queues = ["Network / Infrastructure", "Hardware / Device", "Security / Access"];

/** The one prediction and the one document that exist. */
export const knownId = "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44";

export const unknownId = "019ab8f4-0000-7000-8000-000000000000";

export const plainAnswer: Answer = {
  predictionId: knownId,
  predictedQueue: "Network / Infrastructure",
  queueConfidence: 0.93,
  predictedUrgency: "high",
  urgencyConfidence: 0.81,
  action: "answer",
  handOffReason: null,
  language: "fr",
  modelVersion: "test-1",
  response: "1. Vérifiez la connexion [1]",
  generatedBy: "extractive",
  sources: [
    { n: 1, kind: "article", id: knownId, title: "VPN", url: null, quote: "Vérifiez.", relevance: "high" },
  ],
  similarTickets: [],
  degraded: [],
};

/** Events as answerQuestion gives them, in two deltas. */
export async function* plainEvents(_: AskRequest): AsyncGenerator<AskEvent, void> {
  yield { type: "meta", meta: plainAnswer };
  yield { type: "delta", text: "1. Vérifiez " };
  yield { type: "delta", text: "la connexion [1]" };
  yield { type: "done", answer: plainAnswer };
}

const document = {
  id: knownId,
  externalId: "network/vpn",
  title: "VPN",
  url: null,
  language: "en",
  queue: null,
  mediaType: "text/markdown",
  keywords: [],
  chunkCount: 1,
  createdAt: "2026-11-22T09:30:00.000Z",
  updatedAt: "2026-11-22T09:30:00.000Z",
};

const prediction = {
  label: "low",
  confidence: 0.7,
  probabilities: { low: 0.7, medium: 0.2, high: 0.1 },
  abstains: false,
} as const;

const storedKey = {
  id: knownId,
  prefix: "sia_k3f7abcq",
  name: "Ana",
  scopes: ["agent"],
  createdAt: "2026-11-22T09:30:00.000Z",
  expiresAt: null,
  revokedAt: null,
  labelsDistrusted: false,
};

const report = {
  id: knownId,
  mode: "calibrated",
  modelVersion: "test-1",
  windowStart: "2026-11-15T00:00:00.000Z",
  windowEnd: "2026-11-22T00:00:00.000Z",
  rowCount: 100,
  hasPage: true,
  createdAt: "2026-11-22T06:00:00.000Z",
};

const testLimits: Limits = {
  askDeadlineMs: 5_000,
  requestDeadlineMs: 5_000,
  importDeadlineMs: 5_000,
  heartbeatMs: 1_000,
  maxImportBytes: 50_000_000,
};

export type TestAppOptions = Omit<Partial<AppDeps>, "limits"> & {
  readonly limits?: Partial<Limits>;
  readonly maxRunning?: number;
  readonly maxWaiting?: number;
};

/**
 * The app over functions that answer at once: what is tested is the interface itself. Documents are really parsed. Any part can be
 * given instead. `lines` is the log.
 */
export function createTestApp({ limits, maxRunning = 8, maxWaiting = 8, ...given }: TestAppOptions = {}) {
  const lines: string[] = [];
  const deps: AppDeps = {
    logger: createLineLogger((line) => lines.push(line), "debug"),
    metrics: createMetrics(),
    slots: createSlots({ maxRunning, maxWaiting }),
    limits: { ...testLimits, ...limits },
    version: "0.0.0-test",
    model: () => ({
      version: "test-1",
      bundle_hash: "00",
      queues,
      urgencies: [...urgencies],
      embedder: "test",
      feature_hash: "00",
      metrics: { queue_macro_f1: 0.8 },
      lineage: { seed: 1 },
    }),
    answerQuestion: plainEvents,
    observeAnswer: () => {},
    classifyTexts: async ({ texts }) => ({
      modelVersion: "test-1",
      degraded: [],
      results: texts.map(() => ({
        predictionId: null,
        language: "en",
        classification: {
          queue: {
            ...prediction,
            label: queues[0]!,
            probabilities: { [queues[0]!]: 0.7, [queues[1]!]: 0.3 },
          },
          urgency: prediction,
          outOfScope: { probability: 0.1, isOutOfScope: false },
        },
      })),
    }),
    searchPassages: async () => ({ language: "en", passages: [] }),
    knowledge: {
      putDocument: async ({ bytes, mediaType, externalId }) => {
        await parseDocument(bytes, mediaType);
        const { id, title, language, chunkCount } = document;
        return { id, title, language, chunkCount, externalId: externalId ?? "x", outcome: "created" };
      },
      getDocument: async (id) => (id === knownId ? { ...document, content: "Check the VPN." } : null),
      listDocuments: async () => ({ documents: [document], nextCursor: null }),
      deleteDocument: async (id) => id === knownId,
      putTickets: async (tickets) => ({ created: tickets.length, replaced: 0, unchanged: 0, searchable: 0 }),
    },
    findPrediction: async (id) =>
      id === knownId
        ? {
            id,
            route: "ask",
            createdAt: "2026-11-22T09:30:00.000Z",
            text: "Mon VPN ne marche pas",
            language: "fr",
            modelVersion: "test-1",
            predictedQueue: queues[0]!,
            predictedUrgency: "high",
            queueProbabilities: { [queues[0]!]: 1 },
            urgencyProbabilities: { high: 1 },
            action: "answer",
            handOffReason: null,
            generatedBy: "extractive",
            response: "1.",
            sources: [],
            degraded: [],
            feedback: [],
          }
        : null,
    recordFeedback: async ({ predictionId }) => (predictionId === knownId ? "created" : "unknown_prediction"),
    knownQueues: async () => queues,
    addQueue: async () => true,
    identify: async () => localCaller,
    keys: {
      create: async ({ name, scopes }) => ({
        ...storedKey,
        name,
        scopes: [...scopes],
        key: "sia_k3f7abcq_once",
      }),
      list: async () => [storedKey],
      revoke: async ({ prefix }) => (prefix === storedKey.prefix ? storedKey : null),
    },
    labels: {
      takeNext: async () => ({
        predictionId: knownId,
        text: "Mon VPN ne marche pas",
        language: "fr",
        createdAt: "2026-11-22T09:30:00.000Z",
        expiresAt: "2026-11-22T10:00:00.000Z",
      }),
      record: async ({ predictionId }) => (predictionId === knownId ? "created" : "unknown_prediction"),
      list: async () => [],
      decide: async ({ labelId }) => labelId === knownId,
    },
    monitoring: {
      listDriftReports: async () => ({ items: [report], nextCursor: null }),
      findDriftReport: async (id) =>
        id === knownId || id === "latest"
          ? { ...report, report: { drift_share: 0.1 }, page: "<!doctype html><p>Drift</p>" }
          : null,
      listDecisions: async () => ({ items: [], nextCursor: null }),
      listCycles: async () => ({ items: [], nextCursor: null }),
      listDeployments: async () => ({ items: [], nextCursor: null }),
      measurePerformance: async () => [],
    },
    findMissing: async () => [],
    readPage: createReadPage(),
    ...given,
  };
  return { app: createApp(deps), deps, lines };
}
