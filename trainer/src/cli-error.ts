/**
 * A failure that the person at the terminal can act on: the message says what happened and the next step, and is printed
 * without a stack. `exitCode` 2 is a considered "no" (the data is not ready, a check failed); 1 is "could not".
 */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: 1 | 2;

  constructor(message: string, options: ErrorOptions & { exitCode?: 1 | 2 } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}
