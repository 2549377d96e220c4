import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { DriftRow, DriftSchema } from "../drift/windows/drift-row.ts";

/** Which predictions the monitor reads, and how their columns are laid out. */
export type LogSource = {
  readonly modelVersion: string;
  /** Maker of the vectors that the model reads; a vector of another maker counts as missing. */
  readonly embedderMaker: string;
  readonly routes: readonly string[];
  readonly schema: DriftSchema;
};

/** Rows of one statement, some 6 KB each. */
const pageRows = 500;

const numbersSchema = z.record(z.string(), z.number());

const rowSchema = z.object({
  id: z.string(),
  moment: z.string(),
  at: z.string(),
  text: z.string(),
  language: z.string(),
  caller: z.string().nullable(),
  numeric: z.string(),
  embedding: z.string().nullable(),
  predicted_queue: z.string(),
  predicted_urgency: z.string(),
  queue_probabilities: numbersSchema,
  urgency_probabilities: numbersSchema,
});

/**
 * Logged predictions of one model from `from` to before `until` (milliseconds since 1970), in order of time, a page at a time. With
 * `atLeast` reading ends once there are so many and the next row is of a later millisecond, so that a window of that size can be cut
 * from them. Throws DatabaseUnavailableError.
 */
export async function readLoggedRows(
  database: Database,
  source: LogSource,
  range: { readonly from: number; readonly until: number; readonly atLeast?: number },
): Promise<DriftRow[]> {
  const { modelVersion, embedderMaker, routes, schema } = source;
  const { from, until, atLeast = Number.POSITIVE_INFINITY } = range;
  const rows: DriftRow[] = [];
  let [moment, id] = [new Date(from).toISOString(), "00000000-0000-0000-0000-000000000000"];
  for (;;) {
    const page = await database.rows(
      sql`select id::text as id, created_at::text as moment, floor(extract(epoch from created_at) * 1000)::bigint::text as at,
          text, language, caller, numeric_features::text as numeric,
          case when embedder = ${embedderMaker} then embedding::text end as embedding,
          predicted_queue, predicted_urgency, queue_probabilities, urgency_probabilities
        from prediction_logs
        where model_version = ${modelVersion} and route in (select jsonb_array_elements_text(${JSON.stringify(routes)}::jsonb))
          and (created_at, id) > (${moment}::timestamptz, ${id}::uuid) and created_at < ${new Date(until).toISOString()}::timestamptz
        order by created_at, id limit ${pageRows}`,
      { isRead: true, deadlineMs: 60_000 },
    );
    for (const raw of page) {
      const row = rowSchema.parse(raw);
      ({ moment, id } = row);
      rows.push(driftRow(row, schema));
    }
    const wanted = rows[atLeast - 1];
    const isFull = wanted !== undefined && (rows.at(-1)?.at ?? 0) > wanted.at;
    if (page.length < pageRows || isFull) return rows;
  }
}

/** Labels that the model does not have, and numbers that a row lacks, are left to the data checks: 0 and NaN. */
function driftRow(row: z.infer<typeof rowSchema>, schema: DriftSchema): DriftRow {
  const numeric = parseNumbers(row.numeric);
  return {
    id: row.id,
    at: Number(row.at),
    text: row.text,
    language: row.language,
    caller: row.caller,
    numeric: Float32Array.from(schema.numericNames, (_, position) => numeric[position] ?? Number.NaN),
    embedding: row.embedding === null ? null : Float32Array.from(parseNumbers(row.embedding)),
    queue: row.predicted_queue,
    urgency: row.predicted_urgency,
    queueProbabilities: schema.queues.map((label) => row.queue_probabilities[label] ?? 0),
    urgencyProbabilities: schema.urgencies.map((label) => row.urgency_probabilities[label] ?? 0),
  };
}

/** PostgreSQL's text of an array, {1,NaN,2}, or pgvector's, [1,2]. Missing values become NaN; infinite ones stay, and count as missing later on. */
function parseNumbers(text: string): number[] {
  const inner = text.slice(1, -1);
  return inner === "" ? [] : inner.split(",").map(Number);
}
