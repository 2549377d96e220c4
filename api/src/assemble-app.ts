import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { urgencies } from "@support-it-agent/shared/labels";
import { answerQuestion } from "./answer-question.ts";
import { createApp } from "./app.ts";
import type { AppDeps, Limits, ReadPage } from "./app-deps.ts";
import { createIdentify, type IdentifyOptions } from "./auth/create-identify.ts";
import { createKey } from "./auth/create-key.ts";
import { findKey } from "./auth/find-key.ts";
import { hasAnyKey } from "./auth/has-any-key.ts";
import { listKeys } from "./auth/list-keys.ts";
import { revokeKey } from "./auth/revoke-key.ts";
import { classifyTexts } from "./classify-texts.ts";
import { createGenerateAnswer } from "./generation/create-generate-answer.ts";
import type { Generator } from "./generation/generation.ts";
import type { App } from "./http/app-env.ts";
import { createSlots } from "./http/create-slots.ts";
import { deleteDocument } from "./knowledge/delete-document.ts";
import { getDocument } from "./knowledge/get-document.ts";
import { listDocuments } from "./knowledge/list-documents.ts";
import { putTickets } from "./knowledge/put-tickets.ts";
import { addQueue } from "./labels/add-queue.ts";
import { decideLabel } from "./labels/decide-label.ts";
import { listLabels } from "./labels/list-labels.ts";
import { recordLabel } from "./labels/record-label.ts";
import { takeNextLabel } from "./labels/take-next-label.ts";
import { classifyQuestions } from "./model/classify-questions.ts";
import { createServingModel, type LoadedModel } from "./model/create-serving-model.ts";
import { createServingRecord } from "./model/create-serving-record.ts";
import { lookAgain } from "./model/look-again.ts";
import { type ReloadOutcome, reloadModel } from "./model/reload-model.ts";
import { findDriftReport } from "./monitoring/find-drift-report.ts";
import { listCycles } from "./monitoring/list-cycles.ts";
import { listDecisions } from "./monitoring/list-decisions.ts";
import { listDeployments } from "./monitoring/list-deployments.ts";
import { listDriftReports } from "./monitoring/list-drift-reports.ts";
import { measurePerformance } from "./monitoring/measure-performance.ts";
import { createAnswerMetrics } from "./operations/create-answer-metrics.ts";
import { createReadiness } from "./operations/create-readiness.ts";
import { findMissingInDatabase } from "./operations/find-missing-in-database.ts";
import { logDatabaseState } from "./operations/log-database-state.ts";
import type { Logger } from "./operations/logger.ts";
import { createMetrics } from "./operations/metrics.ts";
import { findPrediction } from "./records/find-prediction.ts";
import { knownQueues } from "./records/known-queues.ts";
import { recordFeedback } from "./records/record-feedback.ts";
import { recordPrediction } from "./records/record-prediction.ts";
import { recordServing } from "./records/record-serving.ts";
import { createReadAround } from "./retrieval/create-read-around.ts";
import { createRetrieve } from "./retrieval/create-retrieve.ts";
import type { ModelDescription } from "./routes/model.ts";
import { searchPassages } from "./search-passages.ts";

/** The adapters that differ from runtime to runtime. */
export type AppParts = {
  readonly version: string;
  readonly database: Database;
  readonly embedder: Embedder;
  /** What serves at first. */
  readonly model: LoadedModel;
  readonly generator: Generator | null;
  /** See AnswerDeps. */
  readonly endOfTurn?: () => Promise<unknown>;
  readonly logger: Logger;
  /** Who may come in without a key, and which key no database knows. */
  readonly access: Pick<IdentifyOptions, "trustsLoopback" | "firstAdminKeySha256">;
  /** Which share (0..1) of the predictions is labelled blind. */
  readonly blindLabelShare: number;
  readonly limits: Limits & { readonly maxRunning: number; readonly maxWaiting: number };
  readonly readPage?: ReadPage;
  /** Numbers that only this runtime has, such as resident memory: name -> help and reader. */
  readonly gauges?: Readonly<Record<string, { readonly help: string; readonly read: () => number }>>;
};

/** The API, put together. */
export type Assembled = {
  readonly app: App;
  /** Serves what `load` gives from now on, where it may serve, while requests go on (reload-model.ts). */
  readonly reload: (load: () => Promise<LoadedModel>) => Promise<ReloadOutcome>;
  /** Looks every minute, until `close`, whether the database says rightly who serves; it may be away at the moment of a reload. */
  readonly keepRecorded: () => void;
  /** Frees the sessions of the model that serves. */
  readonly close: () => Promise<void>;
};

/** Puts the parts of the API together, the same on a server, in Lambda and at the edge. */
export function assembleApp(parts: AppParts): Assembled {
  const { embedder, logger, limits } = parts;
  const database = logDatabaseState(parts.database, logger);
  const serving = createServingModel(parts.model);
  const metrics = createMetrics();
  const slots = createSlots(limits);
  metrics.gauge("agent_requests_running", "Requests at work.", slots.running);
  metrics.gauge("agent_requests_waiting", "Requests that wait for a slot.", slots.waiting);
  for (const [name, { help, read }] of Object.entries(parts.gauges ?? {})) metrics.gauge(name, help, read);
  metrics.info("support_it_agent_model_info", "The model that serves.", () => {
    const { hash, manifest } = serving.current().bundle;
    return { version: manifest.version, hash };
  });
  const reloads = metrics.counter("support_it_agent_model_reloads_total", "Reloads of the model.", [
    "outcome",
  ]);
  const { observeStage, observeAnswer } = createAnswerMetrics(metrics);

  const asQuestionClassifier = classifyQuestions(parts.endOfTurn);
  const retrieve = createRetrieve(database, parts.endOfTurn);
  const record = recordPrediction(database, parts.endOfTurn);
  const generateAnswer = createGenerateAnswer({ generator: parts.generator, log: logger });
  const answerDeps = {
    embedder,
    retrieve,
    readAround: createReadAround(database, parts.endOfTurn),
    generateAnswer,
    composes: parts.generator !== null,
    recordPrediction: record,
    observeStage,
    ...(parts.endOfTurn ? { endOfTurn: parts.endOfTurn } : {}),
  };
  const knowledge = { database, embedder };
  const identification = createIdentify({
    ...parts.access,
    findKey: (hash) => findKey(database, hash),
    hasAnyKey: () => hasAnyKey(database),
  });
  const servingRecord = createServingRecord(serving, recordServing(database));
  const findMissing = createReadiness(() =>
    findMissingInDatabase(database, embedder.maker, servingRecord.write),
  );
  const looks = lookAgain(
    async () => {
      if ((await findMissing()).length > 0) return false;
      await servingRecord.write();
      return true;
    },
    { everyMs: 60_000, afterFailureMs: 5_000 },
  );

  const deps: AppDeps = {
    logger,
    metrics,
    slots,
    limits,
    version: parts.version,
    model: () => describeModel(serving.current()),
    identify: identification.identify,
    keys: {
      create: (key, actor) => createKey(database, key, actor).finally(identification.forget),
      list: () => listKeys(database),
      revoke: (revocation, actor) => revokeKey(database, revocation, actor).finally(identification.forget),
    },
    answerQuestion: async function* (request) {
      const { model, release } = serving.hold();
      try {
        yield* answerQuestion({ ...answerDeps, classifier: asQuestionClassifier(model.classifier) }, request);
      } finally {
        release();
      }
    },
    observeAnswer,
    classifyTexts: async (request) => {
      const { model, release } = serving.hold();
      const { classifier } = model;
      return classifyTexts({ embedder, classifier, recordPrediction: record }, request).finally(release);
    },
    searchPassages: (request) => searchPassages({ embedder, retrieve }, request),
    knowledge: {
      // Parsers of Markdown, HTML and YAML are two hundred modules: they are loaded with the first document.
      putDocument: async (input, options) => {
        const { putDocument } = await import("./knowledge/put-document.ts");
        return putDocument(knowledge, input, options);
      },
      getDocument: (id) => getDocument(database, id),
      listDocuments: (page) => listDocuments(database, page),
      deleteDocument: (id) => deleteDocument(database, id),
      putTickets: (tickets, options) => putTickets(knowledge, tickets, options),
    },
    findPrediction: findPrediction(database),
    recordFeedback: recordFeedback(database),
    knownQueues: () => knownQueues(database, serving.current().classifier.queues)(),
    addQueue: (name, actor) => addQueue(database, name, actor),
    labels: {
      takeNext: takeNextLabel(database, { share: parts.blindLabelShare }),
      record: recordLabel(database),
      list: listLabels(database),
      decide: (decision, actor) => decideLabel(database, decision, actor),
    },
    monitoring: {
      listDriftReports: listDriftReports(database),
      findDriftReport: findDriftReport(database),
      listDecisions: listDecisions(database),
      listCycles: listCycles(database),
      listDeployments: listDeployments(database),
      measurePerformance: measurePerformance(database),
    },
    findMissing,
    ...(parts.readPage ? { readPage: parts.readPage } : {}),
  };
  return {
    app: createApp(deps),
    reload: async (load) => {
      const outcome = await reloadModel({ serving, load, logger });
      reloads.add([outcome]);
      if (outcome !== "refused") servingRecord.wasAsked();
      looks.now();
      return outcome;
    },
    keepRecorded: looks.now,
    close: async () => {
      looks.end();
      await serving.close();
    },
  };
}

function describeModel({ bundle: { manifest, hash } }: LoadedModel): ModelDescription {
  return {
    version: manifest.version,
    bundle_hash: hash,
    queues: [...manifest.labels.queue],
    urgencies: [...urgencies],
    embedder: manifest.embedder,
    feature_hash: manifest.feature_hash,
    metrics: manifest.metrics,
    lineage: manifest.lineage,
  };
}
