import { DrizzleQueryError } from "drizzle-orm/errors";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Query, SQL } from "drizzle-orm/sql";
import type { Drizzle } from "./database.ts";

/** Runs a statement under a name, so that a connection plans it once; `values` are those of its `sql.placeholder`s. */
export type Prepare = (
  drizzle: Drizzle,
  query: SQL,
  values?: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

/** More texts than these are no fixed set of statements: the rest run without a name. */
const maxNames = 100;

/**
 * Prepared statements for one database. A statement is named after its text, which must come in few variants: values go
 * as parameters. Drivers without a connection of their own ignore names. Behind a pooler that gives each statement another
 * connection and keeps no names (PgBouncer before 1.21) the first one fails; it is run again without a name, as are all
 * after it. A query object that comes again, with placeholders in the place of values, is put into words once: the long
 * statements of an answer cost 0.1 ms each time.
 */
export function createPrepare(): Prepare {
  const names = new Map<string, string>();
  const statements = new WeakMap<SQL, Query>();
  let isRefused = false;

  const statementOf = (query: SQL): Query => {
    const known = statements.get(query) ?? dialect.sqlToQuery(query);
    statements.set(query, known);
    return known;
  };

  const nameOf = (text: string): string | undefined => {
    if (isRefused) return undefined;
    const name =
      names.get(text) ?? (names.size < maxNames ? `agent_${names.size + 1}_${hash(text)}` : undefined);
    if (name) names.set(text, name);
    return name;
  };

  return async (drizzle, query, values = {}) => {
    const { session } = drizzle._;
    const statement = statementOf(query);
    const name = nameOf(statement.sql);
    try {
      return await session.prepareQuery(statement, undefined, name, false).execute(values);
    } catch (error) {
      if (!name || !isNameRefused(error)) throw error;
      isRefused = true;
      return session.prepareQuery(statement, undefined, undefined, false).execute(values);
    }
  };
}

const dialect = new PgDialect();

/** 26000 invalid_sql_statement_name, 42P05 duplicate_prepared_statement: another connection than the one that knows it. */
function isNameRefused(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && "code" in cause && (cause.code === "26000" || cause.code === "42P05");
}

/** FNV-1a, 32 bits: behind a pooler, processes of two versions must not mean two texts by one name. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16);
}
