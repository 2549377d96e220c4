import type { Database } from "@support-it-agent/shared/database/database";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { handOffReasons } from "../answer.ts";
import { isoTime } from "../iso-time.ts";

const sourceSchema = z.object({
  n: z.number(),
  kind: z.enum(["article", "ticket"]),
  id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  quote: z.string(),
  relevance: z.enum(["high", "medium", "low"]),
});

const feedbackSchema = z.object({
  correctQueue: z.string().nullable(),
  correctUrgency: urgencySchema.nullable(),
  helpful: z.boolean().nullable(),
  reason: z.string().nullable(),
  comment: z.string().nullable(),
  role: z.string(),
  createdAt: z.string(),
});

const storedPredictionSchema = z.object({
  id: z.string(),
  route: z.enum(["ask", "classify"]),
  createdAt: z.string(),
  text: z.string(),
  language: z.string(),
  modelVersion: z.string(),
  predictedQueue: z.string(),
  predictedUrgency: urgencySchema,
  queueProbabilities: z.record(z.string(), z.number()),
  urgencyProbabilities: z.record(z.string(), z.number()),
  action: z.enum(["answer", "hand_off", "classify"]),
  handOffReason: z.enum(handOffReasons).nullable(),
  generatedBy: z.string().nullable(),
  response: z.string().nullable(),
  sources: z.array(sourceSchema),
  degraded: z.array(z.string()),
  feedback: z.array(feedbackSchema),
});

/** A prediction as it was made, and what people said of it, oldest first. Times are ISO 8601 in UTC. */
export type StoredPrediction = z.infer<typeof storedPredictionSchema>;

/** Finds a prediction by its id (a UUID); null where there is none. Throws DatabaseUnavailableError. */
export function findPrediction(database: Database): (id: string) => Promise<StoredPrediction | null> {
  return async (id) => {
    const [row] = await database.rows(select(id), { isRead: true });
    return row ? storedPredictionSchema.parse(row.prediction) : null;
  };
}

/** One JSON value: types that drivers read differently (arrays, times) then come back the same from all four. */
function select(id: string) {
  return sql`select jsonb_build_object(
      'id', p.id, 'route', p.route, 'createdAt', ${isoTime("p.created_at")}, 'text', p.text, 'language', p.language,
      'modelVersion', p.model_version, 'predictedQueue', p.predicted_queue, 'predictedUrgency', p.predicted_urgency,
      'queueProbabilities', p.queue_probabilities, 'urgencyProbabilities', p.urgency_probabilities, 'action', p.action,
      'handOffReason', p.hand_off_reason, 'generatedBy', p.generated_by, 'response', p.response, 'sources', p.sources,
      'degraded', to_jsonb(p.degraded), 'feedback', coalesce((
        select jsonb_agg(jsonb_build_object('correctQueue', f.correct_queue, 'correctUrgency', f.correct_urgency,
          'helpful', f.helpful, 'reason', f.reason, 'comment', f.comment, 'role', f.role, 'createdAt', ${isoTime("f.created_at")})
          order by f.created_at, f.id)
        from feedback f where f.prediction_id = p.id), '[]'::jsonb)) as prediction
    from prediction_logs p where p.id = ${id}::uuid`;
}
