/**
 * The database could not be reached, or did not answer in time. The work it was asked for may be tried again; a
 * fault in a query is never this error.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}
