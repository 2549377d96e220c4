import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import type { IdentifyOptions } from "./create-identify.ts";
import { hasAnyKey } from "./has-any-key.ts";

/** What whoever starts a server is told of who may use it without a key; null where nobody may. */
export async function explainAccess(
  database: Database,
  { trustsLoopback, firstAdminKeySha256 }: Pick<IdentifyOptions, "trustsLoopback" | "firstAdminKeySha256">,
): Promise<string | null> {
  if (!trustsLoopback || firstAdminKeySha256) return null;
  try {
    if (await hasAnyKey(database)) return null;
    return "No key exists: whoever uses this machine may do everything, and nobody else is served (./scripts/keys create makes one).";
  } catch (error) {
    const said = `Keys cannot be looked up yet: ${error instanceof Error ? error.message : error}.`;
    const isAway = error instanceof DatabaseUnavailableError;
    return isAway
      ? `${said} Until they can, whoever uses this machine may ask questions, and no more.`
      : said;
  }
}
