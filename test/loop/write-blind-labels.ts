import { sql } from "drizzle-orm";
import type { Database } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import type { Asked } from "./write-traffic.ts";

export type BlindLabel = {
  readonly asked: Pick<Asked, "id" | "at">;
  readonly queue: string;
  /** When the agent said so, milliseconds since 1970; an hour after the question where absent. */
  readonly at?: number;
};

/**
 * Blind labels as POST /labels leaves them. Agents take turns, so that nobody labels more in five minutes or in a day than one
 * person can.
 */
export async function writeBlindLabels(
  database: Database,
  modelVersion: string,
  labels: readonly BlindLabel[],
): Promise<void> {
  const rows = labels.map(({ asked, queue, at = asked.at + 3_600_000 }, turn) => ({
    id: newId(at),
    prediction: asked.id,
    queue,
    author: `agent-${turn % 50}`,
    at: new Date(at).toISOString(),
  }));
  await database.rows(
    sql`insert into blind_labels (id, prediction_id, model_version, queue, author, role, created_at)
      select id, prediction, ${modelVersion}, queue, author, 'agent', at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id uuid, prediction uuid, queue text, author text, at timestamptz)`,
    { deadlineMs: 60_000 },
  );
}
