import type { Database, DatabaseDriver } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import {
  appliedSchemaVersion,
  requiredSchemaVersion,
} from "@support-it-agent/shared/database/schema-version";
import { storedEmbedders } from "@support-it-agent/shared/database/stored-embedders";
import type { ProblemDetail } from "../problem.ts";

/**
 * What the database lacks for this program: that it answers, that its schema is new enough, that its vectors are of the
 * embedder in use. `onComplete` runs once nothing is missing, and counts as part of it: it records that this instance serves.
 */
export async function findMissingInDatabase(
  database: Database,
  maker: string,
  onComplete: () => Promise<void>,
): Promise<readonly ProblemDetail[]> {
  try {
    const applied = await appliedSchemaVersion(database);
    if (applied < requiredSchemaVersion) return [missing("schema", schemaMessage(applied))];
    const others = (await storedEmbedders(database)).filter((stored) => stored !== maker);
    if (others.length > 0) return [missing("vectors", vectorsMessage(others, maker))];
    await onComplete();
    return [];
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    return [missing("database", awayMessage(database.driver))];
  }
}

const missing = (path: string, message: string): ProblemDetail => ({ path, message });

const awayMessage = (driver: DatabaseDriver) =>
  driver === "pglite"
    ? "The embedded database does not answer: the log says why."
    : "The database does not answer: start it, or correct DATABASE_URL. The log says why.";

function schemaMessage(applied: number): string {
  const has = applied === 0 ? "has no schema" : `has the schema of ${new Date(applied).toISOString()}`;
  return `The database ${has}, this version needs that of ${new Date(requiredSchemaVersion).toISOString()}: run "node scripts/migrate.ts".`;
}

function vectorsMessage(others: readonly string[], maker: string): string {
  return (
    `The database holds vectors of ${others.join(", ")}, and the embedder here is ${maker}: use that one, ` +
    "or ingest the documents and tickets again."
  );
}
