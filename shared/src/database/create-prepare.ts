import { DrizzleQueryError } from "drizzle-orm/errors";
import { PgDialect } from "drizzle-orm/pg-core";
import type { SQL } from "drizzle-orm/sql";
import type { Drizzle } from "./database.ts";

/** Runs a statement under a name, so that a connection plans it once. */
export type Prepare = (drizzle: Drizzle, query: SQL) => Promise<unknown>;

/** More texts than these are no fixed set of statements: the rest run without a name. */
const maxNames = 100;

/**
 * Prepared statements for one database. A statement is named after its text, which must come in few variants: values go
 * as parameters. Drivers without a connection of their own ignore names. Behind a pooler that gives each statement another
 * connection and keeps no names (PgBouncer before 1.21) the first one fails; it is run again without a name, as are all
 * after it.
 */
export function createPrepare(): Prepare {
  const names = new Map<string, string>();
  let isRefused = false;

  const nameOf = (text: string): string | undefined => {
    if (isRefused) return undefined;
    const name =
      names.get(text) ?? (names.size < maxNames ? `agent_${names.size + 1}_${hash(text)}` : undefined);
    if (name) names.set(text, name);
    return name;
  };

  return async (drizzle, query) => {
    const { session } = drizzle._;
    const statement = dialect.sqlToQuery(query);
    const name = nameOf(statement.sql);
    try {
      return await session.prepareQuery(statement, undefined, name, false).execute();
    } catch (error) {
      if (!name || !isNameRefused(error)) throw error;
      isRefused = true;
      return session.prepareQuery(statement, undefined, undefined, false).execute();
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
