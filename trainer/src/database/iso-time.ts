import { type SQL, sql } from "drizzle-orm";

/** A timestamptz column as ISO 8601 in UTC with milliseconds, as every driver gives it alike. */
export function isoTime(column: string): SQL {
  return sql`to_char(${sql.identifier(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
