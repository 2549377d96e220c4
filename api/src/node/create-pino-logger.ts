import { pino } from "pino";
import type { Logger, LogLevel } from "../operations/logger.ts";

/**
 * JSON lines on stdout, which is for machines; what a person should read goes to stderr. Lines are written without making the
 * event loop wait, and what is left is written when the process exits.
 */
export function createPinoLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 1, sync: false }),
  );
}
