/** A level of the log, quietest last. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

type Log = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/**
 * Where events go. Fields hold ids, counts, codes and durations; never a text that somebody wrote before redaction, and never
 * a key. pino fits this type as it is.
 */
export type Logger = { readonly debug: Log; readonly info: Log; readonly warn: Log; readonly error: Log };
