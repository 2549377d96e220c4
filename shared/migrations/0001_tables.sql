CREATE TABLE "collection_statistics" (
	"id" integer PRIMARY KEY NOT NULL,
	"chunk_count" bigint NOT NULL,
	"term_count" bigint NOT NULL,
	"average_term_count" real GENERATED ALWAYS AS (case when chunk_count > 0 then term_count::real / chunk_count else 0 end) STORED
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"external_id" text NOT NULL,
	"title" text NOT NULL,
	"url" text,
	"language" text NOT NULL,
	"queue" text,
	"media_type" text NOT NULL,
	"content" text NOT NULL,
	"content_hash" text NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lexeme_frequencies" (
	"lexeme" text PRIMARY KEY NOT NULL,
	"chunk_count" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rag_docs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"document_id" uuid,
	"ticket_id" uuid,
	"ordinal" integer NOT NULL,
	"title" text NOT NULL,
	"heading" text,
	"url" text,
	"content" text NOT NULL,
	"language" text NOT NULL,
	"embedding" vector(384) NOT NULL,
	"embedder" text NOT NULL,
	"terms" "tsvector" NOT NULL,
	"term_count" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rag_docs_one_source" CHECK (num_nonnulls("rag_docs"."document_id", "rag_docs"."ticket_id") = 1),
	CONSTRAINT "rag_docs_kind_known" CHECK ("rag_docs"."kind" in ('article', 'ticket'))
);
--> statement-breakpoint
CREATE TABLE "ticket_embeddings" (
	"text_hash" text NOT NULL,
	"embedder" text NOT NULL,
	"embedding" vector(384) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ticket_embeddings_text_hash_embedder_pk" PRIMARY KEY("text_hash","embedder")
);
--> statement-breakpoint
CREATE TABLE "tickets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"answer" text,
	"queue" text,
	"urgency" text,
	"language" text NOT NULL,
	"group_id" text,
	"occurred_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tickets_urgency" CHECK ("tickets"."urgency" in ('low', 'medium', 'high'))
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"key_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "drift_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"mode" text NOT NULL,
	"model_version" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"row_count" integer NOT NULL,
	"report" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"id" uuid PRIMARY KEY NOT NULL,
	"prediction_id" uuid NOT NULL,
	"model_version" text NOT NULL,
	"correct_queue" text,
	"correct_urgency" text,
	"helpful" boolean,
	"reason" text,
	"comment" text,
	"author" text,
	"role" text DEFAULT 'unknown' NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "known_queues" (
	"name" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_deployments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bundle_hash" text NOT NULL,
	"model_version" text NOT NULL,
	"serving" boolean NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "prediction_logs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" text,
	"route" text NOT NULL,
	"text" text NOT NULL,
	"language" text NOT NULL,
	"numeric_features" real[] NOT NULL,
	"embedding" vector(384),
	"embedder" text NOT NULL,
	"predicted_queue" text NOT NULL,
	"predicted_urgency" text NOT NULL,
	"queue_probabilities" jsonb NOT NULL,
	"urgency_probabilities" jsonb NOT NULL,
	"out_of_scope_probability" real NOT NULL,
	"model_version" text NOT NULL,
	"action" text NOT NULL,
	"hand_off_reason" text,
	"generated_by" text,
	"response" text,
	"sources" jsonb NOT NULL,
	"degraded" text[] NOT NULL,
	"stage_ms" jsonb NOT NULL,
	"latency_ms" real NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prediction_logs_action" CHECK ("prediction_logs"."action" in ('answer', 'hand_off', 'classify'))
);
--> statement-breakpoint
CREATE TABLE "training_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reason_code" text NOT NULL,
	"model_version" text,
	"drift_report_id" uuid,
	"decision" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "rag_docs" ADD CONSTRAINT "rag_docs_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rag_docs" ADD CONSTRAINT "rag_docs_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_prediction_id_prediction_logs_id_fk" FOREIGN KEY ("prediction_id") REFERENCES "public"."prediction_logs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_decisions" ADD CONSTRAINT "training_decisions_drift_report_id_drift_reports_id_fk" FOREIGN KEY ("drift_report_id") REFERENCES "public"."drift_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "documents_external_id" ON "documents" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "documents_language" ON "documents" USING btree ("language");--> statement-breakpoint
CREATE INDEX "rag_docs_document" ON "rag_docs" USING btree ("document_id");--> statement-breakpoint
CREATE INDEX "rag_docs_ticket" ON "rag_docs" USING btree ("ticket_id");--> statement-breakpoint
CREATE INDEX "rag_docs_kind" ON "rag_docs" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "rag_docs_terms" ON "rag_docs" USING gin ("terms");--> statement-breakpoint
CREATE UNIQUE INDEX "tickets_source_external_id" ON "tickets" USING btree ("source","external_id");--> statement-breakpoint
CREATE INDEX "tickets_queue" ON "tickets" USING btree ("queue");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_key_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "audit_log_created_at" ON "audit_log" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "drift_reports_created_at" ON "drift_reports" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feedback_fingerprint" ON "feedback" USING btree ("fingerprint");--> statement-breakpoint
CREATE INDEX "feedback_prediction" ON "feedback" USING btree ("prediction_id");--> statement-breakpoint
CREATE UNIQUE INDEX "model_deployments_one_serving" ON "model_deployments" USING btree ("serving") WHERE "model_deployments"."serving";--> statement-breakpoint
CREATE INDEX "prediction_logs_created_at" ON "prediction_logs" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "training_decisions_created_at" ON "training_decisions" USING btree ("created_at");