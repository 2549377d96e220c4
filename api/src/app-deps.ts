import type { Answer } from "./answer.ts";
import type { AskEvent, AskRequest } from "./answer-question.ts";
import type { Identify } from "./auth/create-identify.ts";
import type { CreatedKey, NewKey } from "./auth/create-key.ts";
import type { Revocation } from "./auth/revoke-key.ts";
import type { StoredKey } from "./auth/stored-key.ts";
import type { ClassifiedTexts, ClassifyRequest } from "./classify-texts.ts";
import type { Slots } from "./http/create-slots.ts";
import type { PutTickets } from "./imports/import-tickets.ts";
import type { DocumentWithContent } from "./knowledge/get-document.ts";
import type { DocumentPage } from "./knowledge/list-documents.ts";
import type { DocumentInput, PutDocumentResult } from "./knowledge/put-document.ts";
import type { LabelVerdict } from "./labels/decide-label.ts";
import type { JudgedLabel, LabelStatus } from "./labels/list-labels.ts";
import type { BlindLabel, LabelOutcome } from "./labels/record-label.ts";
import type { LabelTask } from "./labels/take-next-label.ts";
import type { DriftReport } from "./monitoring/find-drift-report.ts";
import type { TrainingCycle } from "./monitoring/list-cycles.ts";
import type { TrainingDecision } from "./monitoring/list-decisions.ts";
import type { Deployment } from "./monitoring/list-deployments.ts";
import type { DriftReportSummary } from "./monitoring/list-drift-reports.ts";
import type { ModelPerformance, PerformanceWindow } from "./monitoring/measure-performance.ts";
import type { Page as PageOf, PageRequest } from "./monitoring/page-of.ts";
import type { FindMissing } from "./operations/create-readiness.ts";
import type { Logger } from "./operations/logger.ts";
import type { Metrics } from "./operations/metrics.ts";
import type { StoredPrediction } from "./records/find-prediction.ts";
import type { FeedbackOutcome, FeedbackRecord } from "./records/record-feedback.ts";
import type { ModelDescription } from "./routes/model.ts";
import type { FoundPassage, SearchRequest } from "./search-passages.ts";

/** What the routes are given: functions and plain values, so that a route can be read and tested without what is behind it. */
export type AppDeps = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly slots: Slots;
  readonly limits: Limits;
  /** Version of this program, as in package.json. */
  readonly version: string;
  /** The model that serves at this moment. */
  readonly model: () => ModelDescription;
  /** Tells who sends a request. */
  readonly identify: Identify;
  readonly keys: Keys;
  readonly answerQuestion: (request: AskRequest) => AsyncGenerator<AskEvent, void>;
  readonly observeAnswer: (answer: Answer) => void;
  readonly classifyTexts: (request: ClassifyRequest) => Promise<ClassifiedTexts>;
  readonly searchPassages: (
    request: SearchRequest,
  ) => Promise<{ language: string; passages: FoundPassage[] }>;
  readonly knowledge: Knowledge;
  readonly findPrediction: (id: string) => Promise<StoredPrediction | null>;
  readonly recordFeedback: (feedback: FeedbackRecord) => Promise<FeedbackOutcome>;
  /** Queues that a label may name. */
  readonly knownQueues: () => Promise<readonly string[]>;
  /** Makes a queue known; false where it was. */
  readonly addQueue: (name: string, actor: string) => Promise<boolean>;
  readonly labels: Labels;
  readonly monitoring: Monitoring;
  readonly findMissing: FindMissing;
  /** Gives a file of the pages by its name; absent where none are served (edge). */
  readonly readPage?: ReadPage;
};

export type Limits = {
  readonly askDeadlineMs: number;
  readonly requestDeadlineMs: number;
  readonly importDeadlineMs: number;
  readonly heartbeatMs: number;
  readonly maxImportBytes: number;
};

export type Knowledge = {
  putDocument(input: DocumentInput, options: { signal?: AbortSignal }): Promise<PutDocumentResult>;
  getDocument(id: string): Promise<DocumentWithContent | null>;
  listDocuments(page: {
    limit: number;
    cursor?: string | undefined;
    language?: string | undefined;
  }): Promise<DocumentPage>;
  deleteDocument(id: string): Promise<boolean>;
  readonly putTickets: PutTickets;
};

export type Keys = {
  create(key: NewKey, actor: string): Promise<CreatedKey>;
  list(): Promise<readonly StoredKey[]>;
  revoke(revocation: Revocation, actor: string): Promise<StoredKey | null>;
};

export type Labels = {
  takeNext(author: string): Promise<LabelTask | null>;
  record(label: BlindLabel): Promise<LabelOutcome>;
  list(options: { status: LabelStatus; limit: number }): Promise<readonly JudgedLabel[]>;
  decide(decision: { labelId: string; verdict: LabelVerdict }, actor: string): Promise<boolean>;
};

export type Monitoring = {
  listDriftReports(page: PageRequest): Promise<PageOf<DriftReportSummary>>;
  findDriftReport(id: string): Promise<DriftReport | null>;
  listDecisions(page: PageRequest): Promise<PageOf<TrainingDecision>>;
  listCycles(page: PageRequest): Promise<PageOf<TrainingCycle>>;
  listDeployments(page: PageRequest): Promise<PageOf<Deployment>>;
  measurePerformance(window: PerformanceWindow): Promise<readonly ModelPerformance[]>;
};

export type ReadPage = (name: string) => Promise<Page | null>;

export type Page = { readonly contentType: string; readonly bytes: Uint8Array<ArrayBuffer> };
