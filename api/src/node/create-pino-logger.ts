import { pino } from "pino";
import type { Logger, LogLevel } from "../operations/logger.ts";
import { createLogDestination } from "./create-log-destination.ts";

/**
 * JSON lines on stdout, which is for machines; what a person should read goes to stderr. Lines are written without making the
 * event loop wait, what is left is written when the process exits, and a log that cannot be written ends nothing (create-log-destination.ts).
 */
export function createPinoLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    createLogDestination(1, (error) => {
      process.stderr.write(
        `The log cannot be written (standard output: ${error.message}). Questions are answered all the same; free its disk, or see what reads it.\n`,
      );
    }),
  );
}
