CREATE TABLE "holdout_looks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"holdout_hash" text NOT NULL,
	"bundle_hash" text NOT NULL,
	"cycle_id" uuid,
	"passed" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quarantined_bundles" (
	"bundle_hash" text PRIMARY KEY NOT NULL,
	"model_version" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trainer_leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"fence" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "training_cycles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"data_set" text NOT NULL,
	"trigger" text NOT NULL,
	"serving_hash" text NOT NULL,
	"drift_report_id" uuid,
	"stage" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"outcome" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "training_cycles_stage" CHECK ("training_cycles"."stage" in ('train', 'gate', 'publish', 'confirm', 'watch', 'ended')),
	CONSTRAINT "training_cycles_outcome" CHECK ("training_cycles"."outcome" in ('promoted', 'refused', 'rolled_back', 'abandoned'))
);
--> statement-breakpoint
ALTER TABLE "drift_reports" ADD COLUMN "bundle_hash" text;--> statement-breakpoint
ALTER TABLE "drift_reports" ADD COLUMN "state" jsonb;--> statement-breakpoint
ALTER TABLE "prediction_logs" ADD COLUMN "caller" text;--> statement-breakpoint
ALTER TABLE "holdout_looks" ADD CONSTRAINT "holdout_looks_cycle_id_training_cycles_id_fk" FOREIGN KEY ("cycle_id") REFERENCES "public"."training_cycles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cycles" ADD CONSTRAINT "training_cycles_drift_report_id_drift_reports_id_fk" FOREIGN KEY ("drift_report_id") REFERENCES "public"."drift_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "holdout_looks_holdout" ON "holdout_looks" USING btree ("holdout_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "training_cycles_one_open" ON "training_cycles" USING btree ((true)) WHERE "training_cycles"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "training_cycles_started_at" ON "training_cycles" USING btree ("started_at");