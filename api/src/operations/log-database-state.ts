import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { describeError } from "./describe-error.ts";
import type { Logger } from "./logger.ts";

/** A database that only reads (a full disk, a standby) is away and back with each question: that is told this often at most. */
const quietMs = 60_000;

/**
 * The same database, of which the log says once when it goes away, and why, and once when it is back. A request that fails for it
 * tells its client nothing of the reason.
 */
export function logDatabaseState(
  database: Database,
  logger: Pick<Logger, "info" | "warn">,
  nowMs: () => number = () => performance.now(),
): Database {
  let isAway = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  const watch = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    // What was asked for before it went is no sign that it is back.
    const wasAway = isAway;
    try {
      const result = await call();
      if (isAway && wasAway) {
        isAway = false;
        logger.info({}, "the database is back");
      }
      return result;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError && !isAway && nowMs() - toldAtMs >= quietMs) {
        isAway = true;
        toldAtMs = nowMs();
        logger.warn({ error: describeError(error) }, "the database is away");
      }
      throw error;
    }
  };
  return {
    ...database,
    rows: (query, options) => watch(() => database.rows(query, options)),
    run: (work, options) => watch(() => database.run(work, options)),
  };
}
