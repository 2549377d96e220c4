import { resolve } from "node:path";

/**
 * A path argument, absolute: relative ones are the caller's. The shell scripts go to the repository's root before they start a program, and leave in
 * CALLER_DIR where they were called; a program that was started without them stands there itself.
 */
export function callerPath(argument: string): string {
  return resolve(process.env.CALLER_DIR || process.cwd(), argument);
}
