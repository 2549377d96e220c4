import { sql } from "drizzle-orm";
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  real,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  vector,
} from "drizzle-orm/pg-core";
import { embeddingDimensions } from "../embedder/embedder.ts";
import { createdAt } from "./column-types.ts";

/** One row for each answer that /ask or /classify gave an id to, written before the id leaves. */
export const predictionLogs = pgTable(
  "prediction_logs",
  {
    id: uuid("id").primaryKey(),
    requestId: text("request_id"),
    route: text("route").notNull(),
    /** Id of the key that asked; null where none did. */
    caller: text("caller"),
    /** The question after redaction. */
    text: text("text").notNull(),
    language: text("language").notNull(),
    /** Numeric features by position; the names stand in the bundle's feature list. */
    numericFeatures: real("numeric_features").array().notNull(),
    embedding: vector("embedding", { dimensions: embeddingDimensions }),
    embedder: text("embedder").notNull(),
    predictedQueue: text("predicted_queue").notNull(),
    predictedUrgency: text("predicted_urgency").notNull(),
    queueProbabilities: jsonb("queue_probabilities").notNull(),
    urgencyProbabilities: jsonb("urgency_probabilities").notNull(),
    outOfScopeProbability: real("out_of_scope_probability").notNull(),
    modelVersion: text("model_version").notNull(),
    action: text("action").notNull(),
    handOffReason: text("hand_off_reason"),
    generatedBy: text("generated_by"),
    response: text("response"),
    sources: jsonb("sources").notNull(),
    degraded: text("degraded").array().notNull(),
    stageMs: jsonb("stage_ms").notNull(),
    latencyMs: real("latency_ms").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("prediction_logs_created_at").on(table.createdAt),
    check("prediction_logs_action", sql`${table.action} in ('answer', 'hand_off', 'classify')`),
  ],
);

/** What people said of a prediction. Apart from the prediction it judges, and never changed: a second opinion is a second row. */
export const feedback = pgTable(
  "feedback",
  {
    id: uuid("id").primaryKey(),
    predictionId: uuid("prediction_id")
      .notNull()
      .references(() => predictionLogs.id),
    modelVersion: text("model_version").notNull(),
    correctQueue: text("correct_queue"),
    correctUrgency: text("correct_urgency"),
    helpful: boolean("helpful"),
    reason: text("reason"),
    comment: text("comment"),
    author: text("author"),
    role: text("role").notNull().default("unknown"),
    /** Digest of prediction, author and content: the same correction twice is one row. */
    fingerprint: text("fingerprint").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("feedback_fingerprint").on(table.fingerprint),
    index("feedback_prediction").on(table.predictionId),
  ],
);

/**
 * Labels that agents gave without seeing the prediction, of predictions that were drawn by their id and not by what people made of
 * them: the unbiased window. A row without labels says that its author could not tell. Never changed: a second opinion is a second row.
 */
export const blindLabels = pgTable(
  "blind_labels",
  {
    id: uuid("id").primaryKey(),
    predictionId: uuid("prediction_id")
      .notNull()
      .references(() => predictionLogs.id),
    modelVersion: text("model_version").notNull(),
    queue: text("queue"),
    urgency: text("urgency"),
    author: text("author").notNull(),
    role: text("role").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("blind_labels_prediction").on(table.predictionId)],
);

/** Which agent a prediction was handed to for a blind label, and until when nobody else gets it. */
export const labelAssignments = pgTable(
  "label_assignments",
  {
    predictionId: uuid("prediction_id")
      .primaryKey()
      .references(() => predictionLogs.id),
    author: text("author").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (table) => [index("label_assignments_author").on(table.author)],
);

/** What an admin decided of a label, whatever the rules say of it: taken out of quarantine, or never to be used. The newest counts. */
export const labelVerdicts = pgTable(
  "label_verdicts",
  {
    id: uuid("id").primaryKey(),
    /** Of feedback or of blind_labels. */
    labelId: uuid("label_id").notNull(),
    verdict: text("verdict").notNull(),
    actor: text("actor").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("label_verdicts_label").on(table.labelId),
    check("label_verdicts_verdict", sql`${table.verdict} in ('accepted', 'rejected')`),
  ],
);

/** Queues that a label may name beside those of the serving model: they come from an admin or an import. */
export const knownQueues = pgTable("known_queues", {
  name: text("name").primaryKey(),
  source: text("source").notNull(),
  createdAt: createdAt(),
});

export const driftReports = pgTable(
  "drift_reports",
  {
    id: uuid("id").primaryKey(),
    mode: text("mode").notNull(),
    modelVersion: text("model_version").notNull(),
    windowStart: timestamp("window_start", { withTimezone: true }).notNull(),
    windowEnd: timestamp("window_end", { withTimezone: true }).notNull(),
    rowCount: integer("row_count").notNull(),
    report: jsonb("report").notNull(),
    /** The bundle that had predicted, and what this window leaves for the next one (DriftState): the monitor goes on from the newest row. */
    bundleHash: text("bundle_hash"),
    state: jsonb("state"),
    /** The report as one self-contained HTML page, where it was rendered. */
    page: text("page"),
    createdAt: createdAt(),
  },
  (table) => [index("drift_reports_created_at").on(table.createdAt)],
);

/**
 * Who may run a training cycle: the holder, until `expires_at`, which its heartbeat moves on. Times are the database's, so that clocks of pods
 * do not matter; `fence` grows with every new holder, and a holder that was overtaken sees it.
 */
export const trainerLeases = pgTable("trainer_leases", {
  name: text("name").primaryKey(),
  holder: uuid("holder").notNull(),
  fence: integer("fence").notNull(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
});

/**
 * One training from its trigger to its end, resumable: `stage` is the next thing to do, `facts` what the stages before it found out (each
 * stage writes its own key). At most one is under way.
 */
export const trainingCycles = pgTable(
  "training_cycles",
  {
    id: uuid("id").primaryKey(),
    dataSet: text("data_set").notNull(),
    /** What wanted it: drift, performance_alarm, or a person (asked, first). */
    trigger: text("trigger").notNull(),
    /** The bundle that served when it began. */
    servingHash: text("serving_hash").notNull(),
    driftReportId: uuid("drift_report_id").references(() => driftReports.id),
    stage: text("stage").notNull(),
    /** How often the stage was begun: one that does not come to an end is given up. */
    attempts: integer("attempts").notNull().default(0),
    facts: jsonb("facts").notNull().default({}),
    outcome: text("outcome"),
    startedAt: timestamp("started_at", { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("training_cycles_one_open").on(sql`(true)`).where(sql`${table.endedAt} is null`),
    index("training_cycles_started_at").on(table.startedAt),
    check(
      "training_cycles_stage",
      sql`${table.stage} in ('train', 'gate', 'publish', 'confirm', 'watch', 'ended')`,
    ),
    check(
      "training_cycles_outcome",
      sql`${table.outcome} in ('promoted', 'refused', 'rolled_back', 'abandoned')`,
    ),
  ],
);

/** Bundles that must never be published again, and why: each was taken back after it had served. */
export const quarantinedBundles = pgTable("quarantined_bundles", {
  bundleHash: text("bundle_hash").primaryKey(),
  modelVersion: text("model_version").notNull(),
  reason: text("reason").notNull(),
  createdAt: createdAt(),
});

/** Every time that a candidate was measured on a frozen holdout: it wears out. */
export const holdoutLooks = pgTable(
  "holdout_looks",
  {
    id: uuid("id").primaryKey(),
    /** SHA-256 over the ids of the holdout's rows. */
    holdoutHash: text("holdout_hash").notNull(),
    bundleHash: text("bundle_hash").notNull(),
    cycleId: uuid("cycle_id").references(() => trainingCycles.id),
    passed: boolean("passed").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("holdout_looks_holdout").on(table.holdoutHash)],
);

export const trainingDecisions = pgTable(
  "training_decisions",
  {
    id: uuid("id").primaryKey(),
    reasonCode: text("reason_code").notNull(),
    modelVersion: text("model_version"),
    driftReportId: uuid("drift_report_id").references(() => driftReports.id),
    decision: jsonb("decision").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("training_decisions_created_at").on(table.createdAt)],
);

/** Which bundle served when. The partial unique index lets exactly one row be the serving one. */
export const modelDeployments = pgTable(
  "model_deployments",
  {
    id: uuid("id").primaryKey(),
    bundleHash: text("bundle_hash").notNull(),
    modelVersion: text("model_version").notNull(),
    serving: boolean("serving").notNull(),
    startedAt: timestamp("started_at", { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [uniqueIndex("model_deployments_one_serving").on(table.serving).where(sql`${table.serving}`)],
);

export const apiKeys = pgTable(
  "api_keys",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    prefix: text("prefix").notNull(),
    /** SHA-256 of the key; the key itself is shown once and stored nowhere. */
    keyHash: text("key_hash").notNull(),
    scopes: text("scopes").array().notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    /** True where labels of this key are not to be believed, those that it gave before included. */
    labelsDistrusted: boolean("labels_distrusted").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("api_keys_key_hash").on(table.keyHash),
    uniqueIndex("api_keys_prefix").on(table.prefix),
  ],
);

export const auditLog = pgTable(
  "audit_log",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    detail: jsonb("detail").notNull().default({}),
    createdAt: createdAt(),
  },
  (table) => [index("audit_log_created_at").on(table.createdAt)],
);
