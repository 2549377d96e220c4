import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

const clockSchema = z.object({ now: z.iso.datetime() });

/**
 * What the database's clock says, in milliseconds since 1970. A time that another process will compare with its own is taken from here: clocks of
 * pods may differ. Throws DatabaseUnavailableError.
 */
export async function readClock(database: Database): Promise<number> {
  const [row] = await database.rows(
    sql`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
    { isRead: true },
  );
  return Date.parse(clockSchema.parse(row).now);
}
