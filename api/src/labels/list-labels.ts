import type { Database } from "@support-it-agent/shared/database/database";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";

/** What becomes of a label; shared/migrations says how it is decided. */
export const labelStatuses = [
  "trusted",
  "quarantined",
  "contradicted",
  "capped",
  "superseded",
  "distrusted",
  "rejected",
  "untrusted",
] as const;

export type LabelStatus = (typeof labelStatuses)[number];

const labelSchema = z.object({
  id: z.string(),
  source: z.enum(["feedback", "blind"]),
  status: z.enum(labelStatuses),
  predictionId: z.string(),
  queue: z.string().nullable(),
  urgency: urgencySchema.nullable(),
  predictedQueue: z.string(),
  modelVersion: z.string(),
  author: z.string().nullable(),
  role: z.string(),
  createdAt: z.string(),
});

/** A label as it was said, and what became of it. */
export type JudgedLabel = z.infer<typeof labelSchema>;

/** The newest labels with a status, at most `limit`. Throws DatabaseUnavailableError. */
export function listLabels(
  database: Database,
): (options: { status: LabelStatus; limit: number }) => Promise<JudgedLabel[]> {
  return async ({ status, limit }) => {
    const rows = await database.rows(
      sql`select jsonb_build_object('id', id, 'source', source, 'status', status, 'predictionId', prediction_id,
          'queue', said_queue, 'urgency', said_urgency, 'predictedQueue', predicted_queue, 'modelVersion', model_version,
          'author', author, 'role', role,
          'createdAt', ${isoTime("created_at")}) as label
        from judged_labels where status = ${status} order by created_at desc, id desc limit ${limit}::int`,
      { isRead: true },
    );
    return rows.map(({ label }) => labelSchema.parse(label));
  };
}
