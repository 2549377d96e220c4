import { type SQL, sql } from "drizzle-orm";

/** A timestamptz column as ISO 8601 in UTC with milliseconds, the same through every driver. `column` is ours, never a caller's. */
export function isoTime(column: string): SQL {
  return sql.raw(`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}
