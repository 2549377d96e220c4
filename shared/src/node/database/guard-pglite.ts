import type { PGlite } from "@electric-sql/pglite";

/** What becomes of statements; both are told before an answer is given. */
export type StatementGuard = {
  /** Called before a statement is parsed: throws where it may not run. */
  readonly admit: (isWrite: () => boolean) => Promise<void>;
  /** Called with the first error after which this instance must not run again; gives the error of all calls from then on. */
  readonly onFatal: (error: Error) => Error;
};

/**
 * Watches every message that goes into `pglite`, those of its own transactions included. After an error that ends a PostgreSQL process (a
 * panic: its log cannot be written) the next message would loop inside the WebAssembly for ever, with the whole thread: none goes in any more.
 */
export function guardPglite(pglite: PGlite, { admit, onFatal }: StatementGuard): void {
  const execute = pglite.execProtocolStream.bind(pglite);
  let fatal: Error | undefined;
  pglite.execProtocolStream = async (message, options) => {
    if (fatal) throw fatal;
    if (carriesText(message)) await admit(() => isWrite(textOf(message)));
    try {
      return await execute(message, options);
    } catch (error) {
      if (!isFatal(error)) throw error;
      fatal = onFatal(error);
      throw fatal;
    }
  };
}

/** Parse and Query, the messages that hold a statement's text (PostgreSQL's manual, message formats). */
const carriesText = (message: Uint8Array) => message[0] === 0x50 || message[0] === 0x51;

const textOf = (message: Uint8Array) => new TextDecoder().decode(message.subarray(5));

/** A word of a statement that writes. Values are no part of the text; a read that has such a word in it is taken for a write. */
const isWrite = (text: string) =>
  /\b(insert|update|delete|merge|truncate|create|alter|drop|reindex|vacuum|copy|setval|nextval)\b/i.test(
    text,
  );

function isFatal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const severity = "severity" in error ? error.severity : "";
  return severity === "PANIC" || severity === "FATAL" || error.message.includes("pg_wal/");
}
