import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { hasAnyKey } from "./has-any-key.ts";

/** Others than this machine would reach a server for which no key exists. The message says how to begin. */
export class NoKeyError extends Error {
  override readonly name = "NoKeyError";
}

/**
 * Sees that somebody can use a server that is not on loopback: a key was made, or the environment carries the hash of a first one. Rejects
 * with NoKeyError. A database that does not answer yet is no fault: until it does, no request gets past the question for its key.
 * `place` begins the message: where the server would be reached.
 */
export async function requireSomeKey(
  database: Database,
  firstAdminKeySha256: string | undefined,
  place: string,
): Promise<void> {
  if (firstAdminKeySha256) return;
  try {
    if (await hasAnyKey(database)) return;
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) return;
    throw error;
  }
  throw new NoKeyError(
    `${place}, and no key exists: nobody could use it. Make a first one with "./scripts/keys create --name NAME --scopes admin" on ` +
      'the same database, or with "./scripts/keys create --offline" and set FIRST_ADMIN_KEY_SHA256 to the hash that it prints. ' +
      "Without any key only HOST=127.0.0.1 is served.",
  );
}
