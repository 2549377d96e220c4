import { DrizzleQueryError } from "drizzle-orm/errors";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { SQL } from "drizzle-orm/sql";
import { createPrepare } from "./create-prepare.ts";
import { DatabaseUnavailableError } from "./database-unavailable-error.ts";
import { isConnectionFault } from "./is-connection-fault.ts";
import { type Row, rowsOf } from "./rows-of.ts";
import { StatementError } from "./statement-error.ts";

export type { Row } from "./rows-of.ts";

/** The ways into the one schema. */
export type DatabaseDriver = "pglite" | "node-postgres" | "neon-http" | "neon-websocket";

export type QueryOptions = {
  /**
   * After this, attempts and waiting for a connection included, the call fails with DatabaseUnavailableError, and the
   * statement is cancelled on the server where the driver can (not in PGlite).
   */
  readonly deadlineMs?: number;
  /** True for work that may run twice without harm: it is tried once more after a lost connection. */
  readonly isRead?: boolean;
  /**
   * True for a statement that is run over and over and whose text is always the same but for its parameters: a connection
   * plans it once. What the plan hangs on (a LIMIT, a partial index's condition) stands in the text then.
   */
  readonly isPrepared?: boolean;
  /** Values of the query's `sql.placeholder`s, by name, for a prepared one: the same query object then serves every call. */
  readonly values?: Readonly<Record<string, unknown>>;
};

/**
 * One database, whichever driver serves it. Every call fails with DatabaseUnavailableError where the connection is
 * the fault, and with StatementError where the statement is. A write is one statement, so that it is atomic on every
 * driver (neon-http has no transactions).
 */
export type Database = {
  readonly driver: DatabaseDriver;
  rows(query: SQL, options?: QueryOptions): Promise<Row[]>;
  run<Result>(work: (drizzle: Drizzle) => PromiseLike<Result>, options?: QueryOptions): Promise<Result>;
  close(): Promise<void>;
};

export type Drizzle = PgDatabase<PgQueryResultHKT>;

/** Does work on a connection, and gives the connection up, work and all, when the signal aborts. */
export type Session = <Result>(
  work: (drizzle: Drizzle) => PromiseLike<Result>,
  signal: AbortSignal,
) => Promise<Result>;

const defaultDeadlineMs = 10_000;

/** The first try, and room for a lost connection or two deadlocks after it. */
const maxAttempts = 3;

/** Before another try: where one connection was lost, the ends of the others arrive in this time. */
const pauseMs = 30;

/** Gives a driver's session deadlines, retries where they are safe, and errors that tell whose fault it was. */
export function createDatabase(
  driver: DatabaseDriver,
  session: Session,
  close: () => Promise<void>,
): Database {
  const prepare = createPrepare();
  const run: Database["run"] = async (work, { deadlineMs = defaultDeadlineMs, isRead = false } = {}) => {
    const deadline = startDeadline(deadlineMs);
    let lostConnections = 0;
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await Promise.race([session(work, deadline.signal), deadline.passed]);
        } catch (error) {
          const isLost = !deadline.signal.aborted && isConnectionFault(error);
          if (isLost) lostConnections += 1;
          const isSafe = wasRolledBack(error) || (isLost && isRead && lostConnections === 1);
          if (!isSafe || attempt === maxAttempts) throw faultOf(error, deadline.signal);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      }
    } finally {
      deadline.end();
    }
  };
  return {
    driver,
    run,
    rows: (query, options) =>
      run(
        async (drizzle) =>
          rowsOf(
            await (options?.isPrepared ? prepare(drizzle, query, options.values) : drizzle.execute(query)),
          ),
        options,
      ),
    close,
  };
}

function startDeadline(deadlineMs: number) {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  passed.catch(() => {});
  const timer = setTimeout(() => {
    controller.abort();
    reject(new Error(`no answer within ${deadlineMs} ms`));
  }, deadlineMs);
  return { signal: controller.signal, passed, end: () => clearTimeout(timer) };
}

/** A deadlock or a serialization failure: PostgreSQL undid everything and asks for another try. */
function wasRolledBack(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && "code" in cause && (cause.code === "40P01" || cause.code === "40001");
}

function faultOf(error: unknown, deadline: AbortSignal): unknown {
  if (deadline.aborted || isConnectionFault(error)) {
    const advice = "see that the server runs and that DATABASE_URL names it; the next call tries again";
    return new DatabaseUnavailableError(`the database is away: ${rootMessage(error)} (${advice})`, error);
  }
  return error instanceof DrizzleQueryError ? new StatementError(error.query, error.cause) : error;
}

/** What the innermost error says. An AggregateError (a name with several addresses) has words only inside. */
function rootMessage(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { cause, sourceError, error: inner, errors, message } = error as Record<string, unknown>;
  const nested = cause ?? sourceError ?? inner ?? (Array.isArray(errors) ? errors[0] : undefined);
  if (nested !== undefined && nested !== null) return rootMessage(nested);
  return typeof message === "string" && message !== "" ? message : "connection lost";
}
