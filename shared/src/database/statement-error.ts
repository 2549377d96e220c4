/**
 * PostgreSQL refused a statement: a fault of ours or of the values, and not of the connection. It names the statement and
 * carries no parameters, because they may be somebody's words.
 */
export class StatementError extends Error {
  override readonly name = "StatementError";
  /** PostgreSQL's five characters (its manual, appendix A), for example 23505 for a value that must be unique. */
  readonly sqlState: string | null;

  constructor(statement: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${reason} (in: ${statement.replace(/\s+/g, " ").trim().slice(0, 200)})`, { cause });
    this.sqlState = sqlStateOf(cause);
  }
}

function sqlStateOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
