import type { SQL } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { DatabaseUnavailableError } from "./database-unavailable-error.ts";
import { isConnectionFault } from "./is-connection-fault.ts";

/** The ways into the one schema. */
export type DatabaseDriver = "pglite" | "node-postgres" | "neon-http" | "neon-websocket";

/** A row as a driver gives it back: parse it where it enters the code. */
export type Row = Readonly<Record<string, unknown>>;

export type QueryOptions = {
  /** After this the call fails with DatabaseUnavailableError; the database may still finish the statement. */
  readonly deadlineMs?: number;
  /** True for a statement that may run twice without harm: it is tried once more after a lost connection. */
  readonly isRead?: boolean;
};

/**
 * One database, whichever driver serves it. Every call fails with DatabaseUnavailableError where the connection is
 * the fault, and with the driver's own error where the statement is. A write is one statement, so that it is atomic
 * on every driver (neon-http has no transactions).
 */
export type Database = {
  readonly driver: DatabaseDriver;
  rows(query: SQL, options?: QueryOptions): Promise<Row[]>;
  run<Result>(work: (drizzle: Drizzle) => PromiseLike<Result>, options?: QueryOptions): Promise<Result>;
  close(): Promise<void>;
};

export type Drizzle = PgDatabase<PgQueryResultHKT>;

const defaultDeadlineMs = 10_000;

/** Wraps a driver's drizzle instance: deadline, one retry for reads, connection faults told apart from faulty queries. */
export function createDatabase(
  driver: DatabaseDriver,
  drizzle: Drizzle,
  close: () => Promise<void>,
): Database {
  const run: Database["run"] = async (work, options = {}) => {
    const attempt = () =>
      withDeadline(Promise.resolve(work(drizzle)), options.deadlineMs ?? defaultDeadlineMs);
    try {
      return await attempt().catch((error) => {
        if (options.isRead && isConnectionFault(error)) return attempt();
        throw error;
      });
    } catch (error) {
      if (!isConnectionFault(error)) throw error;
      throw new DatabaseUnavailableError(
        `the database does not answer (${rootMessage(error)}); answers go on without it and it is tried again with the next request`,
        error,
      );
    }
  };
  return {
    driver,
    run,
    rows: (query, options) => run(async (db) => rowsOf(await db.execute(query)), options),
    close,
  };
}

/** Every driver answers `execute` with an object that carries `rows`; their types do not agree on it. */
function rowsOf(result: unknown): Row[] {
  if (typeof result === "object" && result !== null && "rows" in result && Array.isArray(result.rows))
    return result.rows;
  throw new TypeError("the driver answered a statement without rows");
}

async function withDeadline<Result>(work: Promise<Result>, deadlineMs: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`database deadline of ${deadlineMs} ms passed`)), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function rootMessage(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) return root.errors[0].message;
  return root instanceof Error ? root.message : String(root);
}
