CREATE TABLE "blind_labels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"prediction_id" uuid NOT NULL,
	"model_version" text NOT NULL,
	"queue" text,
	"urgency" text,
	"author" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_assignments" (
	"prediction_id" uuid PRIMARY KEY NOT NULL,
	"author" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_verdicts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"label_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "label_verdicts_verdict" CHECK ("label_verdicts"."verdict" in ('accepted', 'rejected'))
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "labels_distrusted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "drift_reports" ADD COLUMN "page" text;--> statement-breakpoint
ALTER TABLE "blind_labels" ADD CONSTRAINT "blind_labels_prediction_id_prediction_logs_id_fk" FOREIGN KEY ("prediction_id") REFERENCES "public"."prediction_logs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_assignments" ADD CONSTRAINT "label_assignments_prediction_id_prediction_logs_id_fk" FOREIGN KEY ("prediction_id") REFERENCES "public"."prediction_logs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blind_labels_prediction" ON "blind_labels" USING btree ("prediction_id");--> statement-breakpoint
CREATE INDEX "label_assignments_author" ON "label_assignments" USING btree ("author");--> statement-breakpoint
CREATE INDEX "label_verdicts_label" ON "label_verdicts" USING btree ("label_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_prefix" ON "api_keys" USING btree ("prefix");--> statement-breakpoint
-- Where in 0..1 a prediction's id falls: the blind slice is what lies under its share. The same on every server and for ever,
-- and nothing that anybody says of a prediction moves it.
CREATE FUNCTION label_slice(id uuid) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('x' || left(encode(sha256(uuid_send(id)), 'hex'), 8))::bit(32)::bigint / 4294967296.0::double precision
$$;
--> statement-breakpoint
-- Everything that names a label: corrections, and blind labels. That somebody read an answer and said nothing is none.
CREATE VIEW label_statements AS
  SELECT id, 'feedback' AS source, prediction_id, model_version, correct_queue AS queue, correct_urgency AS urgency,
         author, role, created_at
  FROM feedback WHERE correct_queue IS NOT NULL OR correct_urgency IS NOT NULL
  UNION ALL
  SELECT id, 'blind', prediction_id, model_version, queue, urgency, author, role, created_at
  FROM blind_labels WHERE queue IS NOT NULL OR urgency IS NOT NULL;
--> statement-breakpoint
-- Every label with what became of it, decided anew with each reading, so that a burst also takes back its first labels:
--   untrusted     not said by an agent
--   superseded    the same person named this label of the same prediction again, later
--   rejected      an admin said so
--   distrusted    the key was revoked for its labels
--   capped        beyond the first 200 labels of its author on that day (UTC)
--   quarantined   one of more than 30 labels of its author within 5 minutes, or of more than 20 corrections to its queue within 10;
--                 an admin may accept it
--   contradicted  people that are trusted name different labels: none of them counts
--   trusted       all others
-- queue and urgency are what still counts of the row; said_queue and said_urgency what was said.
CREATE VIEW judged_labels AS
  WITH statement AS (
    SELECT s.*, p.predicted_queue, p.predicted_urgency,
           s.role IN ('agent', 'admin') AND s.author IS NOT NULL AS is_agent,
           coalesce(k.labels_distrusted, false) AS is_distrusted,
           (SELECT v.verdict FROM label_verdicts v WHERE v.label_id = s.id ORDER BY v.created_at DESC, v.id DESC LIMIT 1) AS verdict
    FROM label_statements s
    JOIN prediction_logs p ON p.id = s.prediction_id
    LEFT JOIN api_keys k ON k.id::text = s.author
  ), counted AS (
    SELECT *,
           CASE WHEN queue IS NOT NULL
             THEN row_number() OVER (PARTITION BY source, prediction_id, author, role, queue IS NULL ORDER BY created_at DESC, id DESC)
           END AS queue_age,
           CASE WHEN urgency IS NOT NULL
             THEN row_number() OVER (PARTITION BY source, prediction_id, author, role, urgency IS NULL ORDER BY created_at DESC, id DESC)
           END AS urgency_age,
           row_number() OVER (PARTITION BY is_agent, author, (created_at AT TIME ZONE 'utc')::date ORDER BY created_at, id) AS of_day,
           count(*) OVER (PARTITION BY is_agent, author ORDER BY created_at
             RANGE BETWEEN INTERVAL '5 minutes' PRECEDING AND CURRENT ROW) AS of_author,
           count(*) FILTER (WHERE source = 'feedback' AND queue <> predicted_queue)
             OVER (PARTITION BY is_agent, queue ORDER BY created_at
             RANGE BETWEEN INTERVAL '10 minutes' PRECEDING AND CURRENT ROW) AS to_queue
    FROM statement
  ), bursting AS (
    SELECT *,
           max(of_author) OVER (PARTITION BY is_agent, author ORDER BY created_at
             RANGE BETWEEN CURRENT ROW AND INTERVAL '5 minutes' FOLLOWING) > 30 AS author_bursts,
           source = 'feedback' AND queue <> predicted_queue
             AND max(to_queue) OVER (PARTITION BY is_agent, queue ORDER BY created_at
               RANGE BETWEEN CURRENT ROW AND INTERVAL '10 minutes' FOLLOWING) > 20 AS queue_bursts
    FROM counted
  ), sifted AS (
    SELECT *,
           CASE WHEN NOT is_agent THEN 'untrusted'
                WHEN verdict = 'rejected' THEN 'rejected'
                WHEN coalesce(queue_age, 2) > 1 AND coalesce(urgency_age, 2) > 1 THEN 'superseded'
                WHEN is_distrusted THEN 'distrusted'
                WHEN verdict = 'accepted' THEN 'trusted'
                WHEN of_day > 200 THEN 'capped'
                WHEN author_bursts OR queue_bursts IS TRUE THEN 'quarantined'
                ELSE 'trusted' END AS sift
    FROM bursting
  ), compared AS (
    SELECT *,
           CASE WHEN sift = 'trusted' AND queue_age = 1 THEN queue END AS counting_queue,
           CASE WHEN sift = 'trusted' AND urgency_age = 1 THEN urgency END AS counting_urgency
    FROM sifted
  ), agreed AS (
    SELECT *,
           CASE WHEN min(counting_queue) OVER same = max(counting_queue) OVER same THEN counting_queue END AS agreed_queue,
           CASE WHEN min(counting_urgency) OVER same = max(counting_urgency) OVER same THEN counting_urgency END AS agreed_urgency
    FROM compared WINDOW same AS (PARTITION BY prediction_id)
  )
  SELECT id, source, prediction_id, model_version, predicted_queue, predicted_urgency, author, role, created_at,
         queue AS said_queue, urgency AS said_urgency, agreed_queue AS queue, agreed_urgency AS urgency,
         CASE WHEN sift = 'trusted' AND agreed_queue IS NULL AND agreed_urgency IS NULL THEN 'contradicted' ELSE sift END AS status,
         author_bursts, coalesce(queue_bursts, false) AS queue_bursts
  FROM agreed;
--> statement-breakpoint
-- What may train and measure: one row for each prediction and source. Where several people agree, author is who said it last.
-- source 'blind' alone is a fair sample of the traffic; 'feedback' is what people cared to correct.
CREATE VIEW trusted_labels AS
  SELECT l.prediction_id, l.source, p.text, p.language, max(l.queue) AS queue, max(l.urgency) AS urgency,
         (array_agg(l.author ORDER BY l.created_at DESC, l.id DESC))[1] AS author,
         (array_agg(l.role ORDER BY l.created_at DESC, l.id DESC))[1] AS role,
         max(l.created_at) AS created_at, p.model_version, p.predicted_queue, p.predicted_urgency, p.created_at AS predicted_at
  FROM judged_labels l JOIN prediction_logs p ON p.id = l.prediction_id
  WHERE l.status = 'trusted'
  GROUP BY l.prediction_id, l.source, p.id;
