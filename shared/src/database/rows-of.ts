/** A row as a driver gives it back: parse it where it enters the code. */
export type Row = Readonly<Record<string, unknown>>;

/** The rows of what drizzle's `execute` answers: an object with `rows` on every driver, whose types do not agree on it. */
export function rowsOf(result: unknown): Row[] {
  if (typeof result === "object" && result !== null && "rows" in result && Array.isArray(result.rows))
    return result.rows;
  throw new TypeError("the driver answered a statement without rows");
}
